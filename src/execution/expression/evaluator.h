// Evaluator: a bound expression compiled for one execution: a tree of nodes with scratch vectors that are reused
// from batch to batch.
//
// Evaluation touches the selected positions only, so that branches of CASE, AND and OR raise errors and warnings only
// for rows that reach them.
// Thread safety: one execution, one thread.
#pragma once

#include <memory>
#include <vector>

#include "execution/runtime.h"
#include "plan/expression.h"
#include "vector/batch.h"

namespace mahi {

class Evaluator {
 public:
  explicit Evaluator(const SqlType& type) : type_(type) {}
  virtual ~Evaluator() = default;
  Evaluator(const Evaluator&) = delete;

  const SqlType& type() const { return type_; }

  // The values at `rows`: the node's scratch vector, a constant, or a column of `input` itself. Valid until the next
  // evaluation of this node or a change of `input`.
  virtual Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) = 0;
  // Writes the values at `rows` to `result`, whose former contents are given up. It may share memory afterwards.
  virtual Status EvaluateInto(const Batch& input, const Selection& rows, Vector* result);
  // As a condition: the rows for which it is true. `passed` may be the buffer that `rows` points into.
  virtual Status Filter(const Batch& input, const Selection& rows, SelectionBuffer* passed);

  // The same value for all rows of one execution (constants, parameters and pure functions of them).
  virtual bool is_constant() const { return false; }

 private:
  SqlType type_;
};
using EvaluatorPtr = std::unique_ptr<Evaluator>;

Result<EvaluatorPtr> CompileExpression(Runtime& runtime, const Expression* expression);
Result<std::vector<EvaluatorPtr>> CompileExpressions(Runtime& runtime,
                                                     const std::vector<Expression*>& expressions);
// Null stays null.
Result<EvaluatorPtr> CompileOptional(Runtime& runtime, const Expression* expression);

// One value of an expression without input columns; NULL too.
Result<Value> EvaluateConstant(Runtime& runtime, const Expression* expression);
// LIMIT's operands: NULL gives `if_null`.
Result<uint64_t> EvaluateCount(Runtime& runtime, const Expression* expression, uint64_t if_null);

// Truth of a value in the sense of WHERE.
enum class Truth : uint8_t { kFalse, kTrue, kNull };
Truth TruthAt(const Vector& vector, uint32_t row);

// A batch without columns, one row: the input of constants.
const Batch& SingleRowInput();

}  // namespace mahi
