// UnionAll: the children one after the other.
#include "execution/operator/factories.h"

namespace mahi {

namespace {

class UnionAllOperator : public Operator {
 public:
  UnionAllOperator(Runtime& runtime, const PhysicalUnionAll& node, std::vector<OperatorPtr> children)
      : Operator(runtime, node), children_(std::move(children)) {}

  Status OpenImpl() override {
    current_ = 0;
    return children_[0]->Open();
  }
  Result<Batch*> NextImpl() override {
    while (current_ < children_.size()) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, children_[current_]->Next());
      if (batch != nullptr) return batch;
      if (++current_ < children_.size()) MAHI_RETURN_IF_ERROR(children_[current_]->Open());
    }
    return nullptr;
  }

 private:
  std::vector<OperatorPtr> children_;
  size_t current_ = 0;
};

}  // namespace

Result<OperatorPtr> MakeUnionAll(Runtime& runtime, const PhysicalUnionAll& node) {
  std::vector<OperatorPtr> children;
  for (const PhysicalNode* child : node.children) {
    MAHI_ASSIGN_OR_RETURN(OperatorPtr made, BuildOperator(runtime, child));
    children.push_back(std::move(made));
  }
  return OperatorPtr(new UnionAllOperator(runtime, node, std::move(children)));
}

}  // namespace mahi
