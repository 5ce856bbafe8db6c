#include <algorithm>

#include "binder/internal/group_rewriter.h"

namespace mahi {

void Close(const std::vector<FunctionalDependency>& dependencies, std::unordered_set<ColumnId>* known) {
  bool grows = true;
  while (grows) {
    grows = false;
    for (const FunctionalDependency& dependency : dependencies) {
      bool applies = std::all_of(dependency.from.begin(), dependency.from.end(),
                                 [&](ColumnId id) { return known->contains(id); });
      if (!applies) continue;
      for (ColumnId id : dependency.to) grows |= known->insert(id).second;
    }
  }
}

GroupRewriter::GroupRewriter(StatementBinder* binder, const std::vector<Expression*>& keys, bool with_rollup,
                             const LogicalNode* input, const std::vector<FunctionalDependency>& dependencies)
    : binder_(*binder), with_rollup_(with_rollup), input_(input->output.begin(), input->output.end()) {
  for (Expression* key : keys) {
    bool is_known = false;
    if (!with_rollup) {
      for (Expression* known : keys_) is_known |= SameExpression(known, key);
    }
    if (is_known) continue;
    const auto* column = TryAs<ColumnExpression>(key);
    bool keeps_id = !with_rollup && column != nullptr && input_.contains(column->column);
    ColumnId id = keeps_id ? column->column : binder_.NewColumn(key->type, key->is_nullable || with_rollup);
    if (column != nullptr) {
      determined_.insert(column->column);
      if (!keeps_id) binder_.facts_[id].origin = binder_.facts_[column->column].origin;
    }
    keys_.push_back(key);
    key_ids_.push_back(id);
  }
  Close(dependencies, &determined_);
}

Status GroupRewriter::Rewrite(Expression** expression, size_t number, std::string_view clause) {
  number_ = number;
  clause_ = clause;
  return RewriteNode(expression);
}

Result<Expression*> GroupRewriter::AddAggregate(AggregateExpression* aggregate) {
  size_t position = 0;
  while (position < aggregates_.size() && !SameExpression(aggregates_[position], aggregate)) ++position;
  if (position == aggregates_.size()) {
    aggregates_.push_back(aggregate);
    aggregate_ids_.push_back(binder_.NewColumn(aggregate->type, aggregate->is_nullable));
  }
  Expression* reference = binder_.Reference(aggregate_ids_[position]);
  reference->coercibility = aggregate->coercibility;
  reference->text = aggregate->text;
  return reference;
}

Status GroupRewriter::RewriteNode(Expression** expression) {
  Expression* node = *expression;
  // The same for every row; as a group key it stays itself.
  if (node->kind == ExpressionKind::kOuterColumn && !with_rollup_) return Status::Ok();
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (!SameExpression(node, keys_[i])) continue;
    Expression* reference = binder_.Reference(key_ids_[i]);
    reference->is_nullable = node->is_nullable || with_rollup_;
    reference->coercibility = node->coercibility;
    reference->text = node->text;
    *expression = reference;
    return Status::Ok();
  }
  if (auto* aggregate = TryAs<AggregateExpression>(node)) {
    if (aggregate->is_grouping && !aggregate->arguments.empty()) {
      for (size_t k = 0; k < aggregate->arguments.size(); ++k) {
        size_t i = 0;
        while (i < keys_.size() && !SameExpression(keys_[i], aggregate->arguments[k])) ++i;
        if (i == keys_.size()) return Error(ER_FIELD_IN_GROUPING_NOT_GROUP_BY, k + 1);
        aggregate->grouping_keys.push_back(static_cast<uint32_t>(i));
      }
      aggregate->arguments.clear();
    }
    MAHI_ASSIGN_OR_RETURN(*expression, AddAggregate(aggregate));
    return Status::Ok();
  }
  if (const auto* column = TryAs<ColumnExpression>(node)) {
    if (!input_.contains(column->column)) return Status::Ok();
    if (binder_.IsFullGroupBy() && !determined_.contains(column->column)) {
      std::string name = binder_.DescribeColumn(column->column);
      if (keys_.empty()) return Error(ER_MIX_OF_GROUP_FUNC_AND_FIELDS, number_, clause_, name);
      return Error(ER_WRONG_FIELD_WITH_GROUP, number_, clause_, name);
    }
    auto known = any_values_.find(column->column);
    size_t position;
    if (known != any_values_.end()) {
      position = known->second;
    } else {
      const AggregateDescriptor* any = FindAggregate("any_value");
      if (any == nullptr) return Error(ER_NOT_SUPPORTED_YET, "columns that are not grouped");
      auto* aggregate = binder_.New<AggregateExpression>();
      aggregate->aggregate = any;
      aggregate->arguments = {node};
      aggregate->text = node->text;
      ResolveContext resolve = binder_.MakeResolveContext("any_value");
      std::vector<ArgumentInfo> infos = binder_.Infos(aggregate->arguments);
      MAHI_RETURN_IF_ERROR(any->resolve(resolve, infos, aggregate->options, &aggregate->signature));
      aggregate->type = node->type;
      aggregate->signature.result = node->type;
      aggregate->is_nullable = node->is_nullable || keys_.empty();
      aggregate->coercibility = node->coercibility;
      position = aggregates_.size();
      aggregates_.push_back(aggregate);
      ColumnId id = binder_.NewColumn(aggregate->type, aggregate->is_nullable);
      binder_.facts_[id].origin = binder_.facts_[column->column].origin;
      aggregate_ids_.push_back(id);
      any_values_[column->column] = position;
    }
    Expression* reference = binder_.Reference(aggregate_ids_[position]);
    reference->coercibility = node->coercibility;
    reference->text = node->text;
    *expression = reference;
    return Status::Ok();
  }
  // The text of a shared node stays; children are replaced in place.
  Status status;
  ForEachChild(node, [&](Expression*& child) {
    if (status.ok()) status = RewriteNode(&child);
  });
  return status;
}

AggregateNode* GroupRewriter::Finish(LogicalNode* input) {
  auto* node = binder_.New<AggregateNode>();
  node->children = {input};
  node->keys = keys_;
  node->aggregates = aggregates_;
  node->with_rollup = with_rollup_;
  node->output = key_ids_;
  node->output.insert(node->output.end(), aggregate_ids_.begin(), aggregate_ids_.end());
  return node;
}

}  // namespace mahi
