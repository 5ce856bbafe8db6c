// Project: one output column for each expression. Plain columns are passed on without copying.
#include "execution/operator/factories.h"

namespace mahi {

namespace {

class ProjectOperator : public Operator {
 public:
  ProjectOperator(Runtime& runtime, const PhysicalProject& node, OperatorPtr child,
                  std::vector<EvaluatorPtr> expressions)
      : Operator(runtime, node), child_(std::move(child)), expressions_(std::move(expressions)) {
    for (const EvaluatorPtr& expression : expressions_) batch_.columns().emplace_back(expression->type(), 1);
  }

  Status OpenImpl() override {
    Release();
    return child_->Open();
  }

  void SetRowLimit(uint64_t limit) override { child_->SetRowLimit(limit); }

  Result<Batch*> NextImpl() override {
    // Memory that is shared with the child's batch or with evaluators is given up before they write again.
    Release();
    MAHI_ASSIGN_OR_RETURN(Batch* input, child_->Next());
    if (input == nullptr) return nullptr;
    Selection rows = input->rows();
    batch_.ClearSelection();
    batch_.set_row_count(input->row_count());
    for (size_t i = 0; i < expressions_.size(); ++i) {
      MAHI_RETURN_IF_ERROR(expressions_[i]->EvaluateInto(*input, rows, &batch_.column(i)));
    }
    if (input->is_selected()) batch_.Select(rows);
    return &batch_;
  }

 private:
  void Release() {
    for (Vector& column : batch_.columns()) column.Release();
  }
  OperatorPtr child_;
  std::vector<EvaluatorPtr> expressions_;
  Batch batch_;
};

}  // namespace

Result<OperatorPtr> MakeProject(Runtime& runtime, const PhysicalProject& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime, node.children[0]));
  MAHI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> expressions, CompileExpressions(runtime, node.expressions));
  return OperatorPtr(new ProjectOperator(runtime, node, std::move(child), std::move(expressions)));
}

}  // namespace mahi
