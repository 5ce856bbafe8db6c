#include "execution/executor.h"

#include "execution/expression/evaluator.h"
#include "execution/operator/operator.h"
#include "execution/runtime.h"

namespace mahi {

struct Execution::State {
  State(ExecutionContext& context, const Plan& plan) : runtime(context, plan) {}
  Runtime runtime;
  OperatorPtr root;
};

Execution::Execution(ExecutionContext& context, const Plan& plan)
    : state_(std::make_unique<State>(context, plan)) {}
Execution::~Execution() = default;

Status Execution::Open() {
  Runtime& runtime = state_->runtime;
  MAHI_ASSERT(runtime.plan.physical != nullptr);
  if (state_->root == nullptr) {
    MAHI_ASSIGN_OR_RETURN(state_->root, BuildOperator(runtime, runtime.plan.physical));
    if (runtime.saw_assignment) runtime.batch_rows = 1;
  }
  return state_->root->Open();
}

Result<Batch*> Execution::Next() { return state_->root->Next(); }
const ExecutionResult& Execution::result() const { return state_->runtime.result; }
const std::vector<OperatorCounters>& Execution::counters() const { return state_->runtime.counters; }

Status ExecuteNode(ExecutionContext& context, const Plan& plan, const PhysicalNode* node, ExecutionResult* result) {
  Runtime runtime(context, plan);
  MAHI_ASSIGN_OR_RETURN(OperatorPtr root, BuildOperator(runtime, node));
  if (runtime.saw_assignment) runtime.batch_rows = 1;
  MAHI_RETURN_IF_ERROR(root->Open());
  while (true) {
    MAHI_ASSIGN_OR_RETURN(Batch* batch, root->Next());
    if (batch == nullptr) break;
  }
  *result = runtime.result;
  return Status::Ok();
}

Result<Value> EvaluateScalar(ExecutionContext& context, const Plan& plan, const Expression* expression) {
  Runtime runtime(context, plan);
  return EvaluateConstant(runtime, expression);
}

}  // namespace mahi
