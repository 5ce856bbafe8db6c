// Operator: a node of a physical plan at work. Pull model: the parent calls Open, then Next until it gives null.
//
// Open may be called again, which starts over (correlated subqueries, the right side of lateral joins) with the outer
// slots' present values. A batch belongs to the operator that returned it and is valid until that operator's next
// call; the parent may narrow its selection. Batches are never empty.
// Thread safety: one execution, one thread.
#pragma once

#include <memory>

#include "execution/expression/evaluator.h"
#include "execution/runtime.h"
#include "plan/physical_plan.h"
#include "vector/batch.h"

namespace mahi {

class Operator {
 public:
  Operator(Runtime& runtime, const PhysicalNode& node) : runtime_(runtime), node_(node) {}
  virtual ~Operator() = default;
  Operator(const Operator&) = delete;

  Status Open() {
    is_checked_ = false;
    pending_ = nullptr;
    if (runtime_.counters.empty()) [[likely]] return OpenImpl();
    return OpenCounted();
  }
  // The next batch, with at least one selected row; null: no more.
  Result<Batch*> Next() {
    if (runtime_.evaluation().IsKilled()) [[unlikely]] return Error(ER_QUERY_INTERRUPTED);
    if (runtime_.batch_rows == 1) [[unlikely]] return NextSingle();
    return NextBatch();
  }
  // Nobody will ask for more than so many rows; for the next Open. Scans then read and lock no further.
  virtual void SetRowLimit(uint64_t) {}

  const std::vector<SqlType>& types() const { return node_.types; }

 protected:
  virtual Status OpenImpl() = 0;
  virtual Result<Batch*> NextImpl() = 0;
  EvalContext& evaluation() { return runtime_.context.evaluation; }

  Runtime& runtime_;
  const PhysicalNode& node_;

 private:
  Status OpenCounted();
  Result<Batch*> NextCounted();
  Result<Batch*> NextBatch();
  // Batches of one row each, for plans that assign user variables.
  Result<Batch*> NextSingle();
  // The first batch must have the columns that the plan promises.
  Status CheckTypes(const Batch& batch) const;

  bool is_checked_ = false;
  Batch* pending_ = nullptr;  // given out row by row
  SelectionBuffer pending_rows_;
  uint32_t next_pending_ = 0;
};
using OperatorPtr = std::unique_ptr<Operator>;

// Makes the operators of a plan's tree; expressions are compiled, nothing is opened.
Result<OperatorPtr> BuildOperator(Runtime& runtime, const PhysicalNode* node);

}  // namespace mahi
