/**
 * A volume model in ONNX, for those who predict elsewhere.
 *
 * Inputs are `vol_moving_avg` and `adj_close_rolling_med`, the output is named
 * after the target; all are vectors of doubles of the same length.
 */
import { onnx } from "../../proto/onnx.pb.js"
import type { Coefficients, Target } from "./VolumeModel.ts"

/** The bytes of a model file: IR version 8, operators of version 15. */
export const encode = (target: Target, { average, constant, price }: Coefficients): Uint8Array =>
  onnx.ModelProto.encode({
    ir_version: 8,
    producer_name: "strata",
    opset_import: [{ domain: "", version: 15 }],
    graph: {
      name: target,
      doc_string: "max(0, average * (constant + price * ln(1 + price) + average * ln(1 + average)))",
      input: [vector("vol_moving_avg"), vector("adj_close_rolling_med")],
      output: [vector(target)],
      initializer: [
        scalar("zero", 0),
        scalar("one", 1),
        scalar("constant", constant),
        scalar("by_price", price),
        scalar("by_average", average)
      ],
      node: [
        node("Max", ["zero", "adj_close_rolling_med"], "price"),
        node("Add", ["one", "price"], "price_and_one"),
        node("Log", ["price_and_one"], "log_price"),
        node("Add", ["one", "vol_moving_avg"], "average_and_one"),
        node("Log", ["average_and_one"], "log_average"),
        node("Mul", ["by_price", "log_price"], "price_part"),
        node("Mul", ["by_average", "log_average"], "average_part"),
        node("Add", ["constant", "price_part"], "first_parts"),
        node("Add", ["first_parts", "average_part"], "factor"),
        node("Mul", ["vol_moving_avg", "factor"], "product"),
        node("Max", ["zero", "product"], target)
      ]
    }
  }).finish()

/** As the standard numbers the types of elements. */
const DOUBLE = 11

const vector = (name: string): onnx.IValueInfoProto => ({
  name,
  type: { tensor_type: { elem_type: DOUBLE, shape: { dim: [{ dim_param: "rows" }] } } }
})

const scalar = (name: string, value: number): onnx.ITensorProto => ({
  name,
  data_type: DOUBLE,
  dims: [],
  double_data: [value]
})

const node = (op_type: string, input: Array<string>, output: string): onnx.INodeProto => ({
  name: output,
  op_type,
  input,
  output: [output]
})
