// Aggregates and window functions.
//
// An aggregate belongs to the innermost block whose columns it reads; if that block cannot aggregate there (WHERE), to
// the nearest one inside that can. Seen from further inside it is an outer column.
// Source: MySQL 8.4 manual, "Aggregate Functions", "MySQL Handling of GROUP BY", "Window Functions".
#include "binder/internal/statement_binder.h"
#include "parser/ast/printer.h"

namespace mahi {

namespace {

bool AllowsAggregate(const Scope& scope) {
  if (!scope.is_block || scope.in_aggregate) return false;
  return scope.clause == Clause::kSelectList || scope.clause == Clause::kHaving || scope.clause == Clause::kOrderBy;
}

bool SameKeys(const std::vector<SortKey>& a, const std::vector<SortKey>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].is_descending != b[i].is_descending || !SameExpression(a[i].expression, b[i].expression)) return false;
  }
  return true;
}

bool SameList(const std::vector<Expression*>& a, const std::vector<Expression*>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!SameExpression(a[i], b[i])) return false;
  }
  return true;
}

bool SameOptional(const Expression* a, const Expression* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return SameExpression(a, b);
}

bool SameBound(const FrameBound& a, const FrameBound& b) {
  return a.kind == b.kind && a.interval_unit == b.interval_unit && SameOptional(a.offset, b.offset);
}

bool SameWindow(const WindowSpecification& a, const WindowSpecification& b) {
  return SameList(a.partition_by, b.partition_by) && SameKeys(a.order_by, b.order_by) && a.unit == b.unit &&
         SameBound(a.start, b.start) && SameBound(a.end, b.end);
}

}  // namespace

bool SameExpression(const Expression* a, const Expression* b) {
  if (a == b) return true;
  if (a->kind != b->kind || a->type.physical() != b->type.physical()) return false;
  switch (a->kind) {
    case ExpressionKind::kConstant: {
      const auto* x = As<ConstantExpression>(a);
      const auto* y = As<ConstantExpression>(b);
      if (x->value.is_null() != y->value.is_null() || !(x->type == y->type)) return false;
      return x->value.is_null() || x->value == y->value;
    }
    case ExpressionKind::kColumn:
      return As<ColumnExpression>(a)->column == As<ColumnExpression>(b)->column;
    case ExpressionKind::kOuterColumn:
      return As<OuterColumnExpression>(a)->column == As<OuterColumnExpression>(b)->column;
    case ExpressionKind::kParameter:
      return As<ParameterExpression>(a)->index == As<ParameterExpression>(b)->index;
    case ExpressionKind::kFunction: {
      const auto* x = As<FunctionExpression>(a);
      const auto* y = As<FunctionExpression>(b);
      if (x->function != y->function || !SameList(x->arguments, y->arguments)) return false;
      if (x->function == nullptr || x->function->name == "cast") {
        return x->type == y->type;
      }
      return (x->function->flags & (kFunctionPerRow | kFunctionSideEffect)) == 0;
    }
    case ExpressionKind::kLogical:
      return As<LogicalExpression>(a)->op == As<LogicalExpression>(b)->op &&
             SameList(As<LogicalExpression>(a)->operands, As<LogicalExpression>(b)->operands);
    case ExpressionKind::kCase: {
      const auto* x = As<CaseExpression>(a);
      const auto* y = As<CaseExpression>(b);
      return SameList(x->conditions, y->conditions) && SameList(x->results, y->results) &&
             SameOptional(x->otherwise, y->otherwise);
    }
    case ExpressionKind::kCoalesce:
      return SameList(As<CoalesceExpression>(a)->operands, As<CoalesceExpression>(b)->operands);
    case ExpressionKind::kInList: {
      const auto* x = As<InListExpression>(a);
      const auto* y = As<InListExpression>(b);
      return x->is_negated == y->is_negated && SameExpression(x->value, y->value) && SameList(x->list, y->list);
    }
    case ExpressionKind::kRow:
      return SameList(As<RowExpression>(a)->elements, As<RowExpression>(b)->elements);
    case ExpressionKind::kSubquery: {
      const auto* x = As<SubqueryExpression>(a);
      const auto* y = As<SubqueryExpression>(b);
      return x->subquery_kind == y->subquery_kind && x->is_negated == y->is_negated && x->is_all == y->is_all &&
             x->comparison == y->comparison && !x->text.empty() && x->text == y->text &&
             SameList(x->left, y->left) && SameList(x->outer_arguments, y->outer_arguments);
    }
    case ExpressionKind::kAggregate: {
      const auto* x = As<AggregateExpression>(a);
      const auto* y = As<AggregateExpression>(b);
      return x->aggregate == y->aggregate && x->is_grouping == y->is_grouping &&
             x->options.is_distinct == y->options.is_distinct && x->options.separator == y->options.separator &&
             x->grouping_keys == y->grouping_keys && SameList(x->arguments, y->arguments) &&
             SameKeys(x->order_by, y->order_by);
    }
    case ExpressionKind::kWindow: {
      const auto* x = As<WindowExpression>(a);
      const auto* y = As<WindowExpression>(b);
      return x->function_name == y->function_name && SameList(x->arguments, y->arguments) &&
             x->options.is_distinct == y->options.is_distinct && SameWindow(*x->window, *y->window);
    }
    case ExpressionKind::kUserVariable:
      return As<UserVariableExpression>(a)->name == As<UserVariableExpression>(b)->name;
    case ExpressionKind::kUserVariableAssignment:
      return false;
    case ExpressionKind::kSystemVariable:
      return As<SystemVariableExpression>(a)->name == As<SystemVariableExpression>(b)->name &&
             As<SystemVariableExpression>(a)->is_global == As<SystemVariableExpression>(b)->is_global;
  }
  return false;
}

bool ContainsAggregate(Expression* expression) {
  bool found = false;
  Walk(expression, [&](Expression*& node) {
    found |= node->kind == ExpressionKind::kAggregate;
    return !found;
  });
  return found;
}

bool ContainsWindow(Expression* expression) {
  bool found = false;
  Walk(expression, [&](Expression*& node) {
    found |= node->kind == ExpressionKind::kWindow;
    return !found;
  });
  return found;
}

Result<Expression*> StatementBinder::BindAggregate(const ast::Aggregate& aggregate, Scope* scope) {
  std::string_view text = TextOf(aggregate.source);
  std::string name = AsciiLower(aggregate.name);
  const AggregateDescriptor* descriptor = FindAggregate(name);
  if (descriptor == nullptr) return Error(ER_NOT_SUPPORTED_YET, aggregate.name);
  AggregateOptions options;
  options.is_distinct = aggregate.is_distinct;
  if (aggregate.separator) options.separator = std::string(*aggregate.separator);
  bool is_window = aggregate.over != nullptr;
  if (is_window) {
    if (!scope->allows_windows) return Error(ER_WINDOW_INVALID_WINDOW_FUNC_USE, name);
    if (aggregate.is_distinct) return Error(ER_NOT_SUPPORTED_YET, "<window function>(DISTINCT ..)");
    if (name == "group_concat") return Error(ER_NOT_SUPPORTED_YET, "group_concat as window function");
  }
  bool was_in_aggregate = scope->in_aggregate;

  // The arguments see FROM, not the select list. What they capture is undone when the aggregate moves outwards.
  std::vector<Captures*> boundaries;
  std::vector<size_t> captured;
  for (Scope* s = scope; s != nullptr; s = s->outer) {
    if (s->captures != nullptr) {
      boundaries.push_back(s->captures);
      captured.push_back(s->captures->columns.size());
    }
  }
  bool allowed_windows = scope->allows_windows;
  scope->allows_windows = false;
  if (!is_window) {
    for (Scope* s = scope; s != nullptr; s = s->outer) ++s->aggregate_depth;
    scope->in_aggregate = true;
  }
  std::vector<Expression*> arguments;
  std::vector<SortKey> order_by;
  Status status;
  auto bind_all = [&]() -> Status {
    for (const ast::Expression* argument : aggregate.arguments) {
      MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*argument, scope));
      SettleParameter(bound, name == "group_concat" ? SqlType::Varchar(65535, context_.connection_collation)
                                                    : SqlType::Double());
      if (name != "count" && name != "group_concat" && name != "min" && name != "max") bound = AsNumberIfHex(bound);
      arguments.push_back(bound);
    }
    for (const ast::OrderItem& item : aggregate.order_by) {
      Expression* key = nullptr;
      if (item.expression->Is<ast::Literal>() &&
          item.expression->As<ast::Literal>()->literal_kind == ast::LiteralKind::kInteger) {
        uint64_t position = item.expression->As<ast::Literal>()->IntegerValue();
        if (position == 0 || position > arguments.size()) {
          return Error(ER_BAD_FIELD_ERROR, item.expression->As<ast::Literal>()->text, "order clause");
        }
        key = Clone(arguments[position - 1]);
      } else {
        MAHI_ASSIGN_OR_RETURN(key, BindOperand(*item.expression, scope));
      }
      order_by.push_back({key, item.is_descending});
    }
    return Status::Ok();
  };
  status = bind_all();
  if (!is_window) {
    for (Scope* s = scope; s != nullptr; s = s->outer) --s->aggregate_depth;
    scope->in_aggregate = was_in_aggregate;
  }
  scope->allows_windows = allowed_windows;
  MAHI_RETURN_IF_ERROR(std::move(status));

  size_t target_depth = 0;
  Scope* target = scope;
  if (!is_window) {
    bool has_local = false;
    size_t nearest = SIZE_MAX;
    auto look = [&](Expression*& root) {
      Walk(root, [&](Expression*& node) {
        has_local |= node->kind == ExpressionKind::kColumn;
        if (const auto* outer = TryAs<OuterColumnExpression>(node)) {
          nearest = std::min<size_t>(nearest, outer->depth);
          // Over an aggregate of an outer block this one belongs here.
          for (const Captures* boundary : boundaries) {
            for (size_t i = 0; i < boundary->columns.size(); ++i) {
              if (boundary->columns[i] == outer->column && boundary->arguments[i]->kind == ExpressionKind::kAggregate) {
                has_local = true;
              }
            }
          }
        }
        return true;
      });
    };
    for (Expression*& argument : arguments) look(argument);
    for (SortKey& key : order_by) look(key.expression);
    bool is_found = false;
    if (has_local) {
      is_found = AllowsAggregate(*scope);
    } else if (nearest == SIZE_MAX && AllowsAggregate(*scope)) {
      is_found = true;
    } else {
      // From inside out: the block that the arguments belong to, else the nearest that may aggregate.
      size_t depth = 0;
      for (Scope* s = scope; s != nullptr; s = s->outer) {
        if (s != scope && AllowsAggregate(*s) && depth > 0) {
          bool is_owner = nearest != SIZE_MAX && depth == nearest;
          if (is_owner || (!is_found && (nearest == SIZE_MAX || depth < nearest))) {
            is_found = true;
            target = s;
            target_depth = depth;
          }
        }
        if (nearest != SIZE_MAX && depth >= nearest) break;
        if (nearest == SIZE_MAX && is_found) break;
        if (s->captures != nullptr) ++depth;
      }
      if (!is_found) is_found = AllowsAggregate(*scope);
    }
    if (!is_found) return Error(ER_INVALID_GROUP_FUNC_USE);
  }
  if (target_depth > 0) {
    // Arguments as the target block sees them.
    Captures* outermost = boundaries[target_depth - 1];
    auto rebase = [&](Expression*& root) {
      Walk(root, [&](Expression*& node) {
        auto* outer = TryAs<OuterColumnExpression>(node);
        if (outer == nullptr) return true;
        for (size_t i = 0; i < outermost->columns.size(); ++i) {
          if (outermost->columns[i] == outer->column) {
            node = Clone(outermost->arguments[i]);
            break;
          }
        }
        return false;
      });
    };
    for (Expression*& argument : arguments) rebase(argument);
    for (SortKey& key : order_by) rebase(key.expression);
    for (size_t i = 0; i < target_depth; ++i) {
      boundaries[i]->columns.resize(captured[i]);
      boundaries[i]->arguments.resize(captured[i]);
    }
  }

  ResolveContext resolve = MakeResolveContext(name);
  std::vector<ArgumentInfo> infos = Infos(arguments);
  if (!aggregate.is_star &&
      (arguments.size() < descriptor->min_arguments || arguments.size() > descriptor->max_arguments)) {
    if (!(name == "count" && arguments.size() >= 1)) {
      return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, aggregate.name);
    }
  }
  AggregateSignature signature;
  MAHI_RETURN_IF_ERROR(descriptor->resolve(resolve, infos, options, &signature));
  for (size_t i = 0; i < arguments.size() && i < signature.arguments.size(); ++i) {
    arguments[i] = Cast(arguments[i], signature.arguments[i]);
  }
  if (is_window) {
    auto* node = New<WindowExpression>();
    node->function_name = descriptor->name;
    node->aggregate = descriptor;
    node->type = signature.result;
    node->is_nullable = signature.is_nullable;
    node->coercibility = signature.coercibility;
    node->signature = std::move(signature);
    node->options = std::move(options);
    node->arguments = std::move(arguments);
    node->text = text;
    scope->has_window = true;
    scope->allows_windows = false;
    Result<WindowSpecification*> window = BindWindow(*aggregate.over, {}, scope, 0);
    scope->allows_windows = true;
    if (!window.ok()) return window.TakeStatus();
    node->window = *window;
    return node;
  }
  auto* node = New<AggregateExpression>();
  node->aggregate = descriptor;
  node->type = signature.result;
  node->is_nullable = signature.is_nullable;
  node->coercibility = signature.coercibility;
  node->signature = std::move(signature);
  node->options = std::move(options);
  node->arguments = std::move(arguments);
  node->order_by = std::move(order_by);
  node->text = text;
  target->has_aggregate = true;
  boundaries.resize(target_depth);
  return WrapOuter(node, boundaries);
}

Result<Expression*> StatementBinder::BindGrouping(const ast::Function& function, Scope* scope) {
  if (function.arguments.empty()) return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, function.name);
  if (scope->block == nullptr || scope->block->group_by_modifier != ast::GroupByModifier::kRollup) {
    return Error(ER_INVALID_GROUP_FUNC_USE);
  }
  auto* node = New<AggregateExpression>();
  node->is_grouping = true;
  node->type = SqlType::BigInt();
  node->is_nullable = false;
  node->coercibility = Coercibility::kNumeric;
  node->text = TextOf(function.source);
  Clause clause = scope->clause;
  scope->clause = Clause::kGroupBy;
  for (const ast::Expression* argument : function.arguments) {
    Result<Expression*> bound = BindOperand(*argument, scope);
    if (!bound.ok()) {
      scope->clause = clause;
      return bound;
    }
    node->arguments.push_back(*bound);
  }
  scope->clause = clause;
  scope->has_aggregate = true;
  return node;
}

Result<Expression*> StatementBinder::BindWindowFunction(const ast::WindowFunction& function, Scope* scope) {
  std::string name = AsciiLower(function.name);
  const WindowFunctionDescriptor* descriptor = FindWindowFunction(name);
  if (descriptor == nullptr) return Error(ER_NOT_SUPPORTED_YET, function.name);
  if (!scope->allows_windows) return Error(ER_WINDOW_INVALID_WINDOW_FUNC_USE, name);
  if (function.ignore_nulls) return Error(ER_NOT_SUPPORTED_YET, "IGNORE NULLS");
  if (function.from_last) return Error(ER_NOT_SUPPORTED_YET, "FROM LAST");
  scope->allows_windows = false;
  auto bind = [&]() -> Result<Expression*> {
    auto* node = New<WindowExpression>();
    for (const ast::Expression* argument : function.arguments) {
      MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*argument, scope));
      SettleParameter(bound, SqlType::BigInt());
      node->arguments.push_back(bound);
    }
    ResolveContext resolve = MakeResolveContext(name);
    std::vector<ArgumentInfo> infos = Infos(node->arguments);
    MAHI_ASSIGN_OR_RETURN(WindowSignature signature, ResolveWindowCall(resolve, *descriptor, infos));
    for (size_t i = 0; i < node->arguments.size() && i < signature.arguments.size(); ++i) {
      node->arguments[i] = Cast(node->arguments[i], signature.arguments[i]);
    }
    node->function_name = descriptor->name;
    node->type = signature.result;
    node->is_nullable = signature.is_nullable;
    node->coercibility = signature.coercibility;
    node->text = TextOf(function.source);
    MAHI_ASSIGN_OR_RETURN(node->window, BindWindow(*function.over, {}, scope, 0));
    return node;
  };
  Result<Expression*> bound = bind();
  scope->allows_windows = true;
  scope->has_window = true;
  return bound;
}

Result<WindowSpecification*> StatementBinder::BindWindow(const ast::WindowSpecification& window,
                                                         std::string_view name, Scope* scope, uint32_t nesting) {
  std::string_view shown = name.empty() ? std::string_view("<unnamed window>") : name;
  WindowSpecification* result = nullptr;
  if (!window.base.empty()) {
    const ast::NamedWindow* base = nullptr;
    if (scope->block != nullptr) {
      for (const ast::NamedWindow& named : scope->block->windows) {
        if (EqualIgnoreAsciiCase(named.name, window.base)) base = &named;
      }
    }
    if (base == nullptr) return Error(ER_WINDOW_NO_SUCH_WINDOW, window.base);
    if (nesting > scope->block->windows.size()) return Error(ER_WINDOW_CIRCULARITY_IN_WINDOW_GRAPH);
    MAHI_ASSIGN_OR_RETURN(result, BindWindow(*base->window, base->name, scope, nesting + 1));
    if (window.is_reference_only) return result;
    if (!window.partition_by.empty()) return Error(ER_WINDOW_NO_CHILD_PARTITIONING);
    if (base->window->frame != nullptr) return Error(ER_WINDOW_NO_INHERIT_FRAME, base->name);
    if (!window.order_by.empty() && !result->order_by.empty()) {
      return Error(ER_WINDOW_NO_REDEFINE_ORDER_BY, shown, base->name);
    }
  } else {
    result = New<WindowSpecification>();
  }
  result->name = name;
  Clause clause = scope->clause;
  auto bind_keys = [&]() -> Status {
    for (const ast::Expression* expression : window.partition_by) {
      MAHI_ASSIGN_OR_RETURN(Expression * key, BindOperand(*expression, scope));
      result->partition_by.push_back(key);
    }
    for (const ast::OrderItem& item : window.order_by) {
      MAHI_ASSIGN_OR_RETURN(Expression * key, BindOperand(*item.expression, scope));
      result->order_by.push_back({key, item.is_descending});
    }
    return Status::Ok();
  };
  scope->clause = Clause::kSelectList;
  std::string_view clause_name = scope->clause_name;
  if (clause_name.empty()) scope->clause_name = window.partition_by.empty() ? "window order by" : "window partition by";
  Status status = bind_keys();
  scope->clause_name = clause_name;
  scope->clause = clause;
  MAHI_RETURN_IF_ERROR(std::move(status));
  if (window.frame != nullptr) {
    MAHI_RETURN_IF_ERROR(BindFrame(*window.frame, shown, result, scope));
  } else if (result->order_by.empty()) {
    // Without order all rows are peers.
    result->unit = FrameUnit::kRange;
    result->start.kind = FrameBoundKind::kUnboundedPreceding;
    result->end.kind = FrameBoundKind::kUnboundedFollowing;
  } else {
    result->end.kind = FrameBoundKind::kCurrentRow;
  }
  return result;
}

Status StatementBinder::BindFrame(const ast::WindowFrame& frame, std::string_view name, WindowSpecification* window,
                                  Scope* scope) {
  if (frame.unit == ast::FrameUnit::kGroups) return Error(ER_NOT_SUPPORTED_YET, "GROUPS");
  if (frame.exclusion != ast::FrameExclusion::kNone) return Error(ER_NOT_SUPPORTED_YET, "EXCLUDE");
  window->unit = frame.unit == ast::FrameUnit::kRows ? FrameUnit::kRows : FrameUnit::kRange;
  if (frame.start.kind == ast::FrameBoundKind::kUnboundedFollowing) {
    return Error(ER_WINDOW_FRAME_START_ILLEGAL, name);
  }
  if (frame.end.kind == ast::FrameBoundKind::kUnboundedPreceding) {
    return Error(ER_WINDOW_FRAME_END_ILLEGAL, name);
  }
  using Kind = ast::FrameBoundKind;
  bool is_reversed = (frame.start.kind == Kind::kCurrentRow && frame.end.kind == Kind::kPreceding) ||
                     (frame.start.kind == Kind::kFollowing &&
                      (frame.end.kind == Kind::kCurrentRow || frame.end.kind == Kind::kPreceding));
  if (is_reversed) return Error(ER_WINDOW_FRAME_ILLEGAL, name);
  for (bool is_start : {true, false}) {
    const ast::FrameBound& from = is_start ? frame.start : frame.end;
    FrameBound& to = is_start ? window->start : window->end;
    to.kind = static_cast<FrameBoundKind>(from.kind);
    if (from.value == nullptr) continue;
    const ast::Expression* amount = from.value;
    bool is_interval = amount->Is<ast::Interval>();
    if (is_interval) {
      to.interval_unit = ast::IntervalUnitName(amount->As<ast::Interval>()->unit);
      amount = amount->As<ast::Interval>()->amount;
    }
    MAHI_ASSIGN_OR_RETURN(to.offset, BindOperand(*amount, scope));
    SettleParameter(to.offset, SqlType::BigInt());
    const auto* constant = TryAs<ConstantExpression>(to.offset);
    if (constant != nullptr) {
      bool is_bad = constant->value.is_null();
      if (!is_bad && constant->value.kind() == PhysicalType::kInt64) is_bad = constant->value.int64() < 0;
      if (!is_bad && window->unit == FrameUnit::kRows) is_bad = !constant->type.IsInteger();
      if (!is_bad && constant->value.kind() == PhysicalType::kDecimal) is_bad = constant->value.decimal().is_negative();
      if (!is_bad && !is_interval) is_bad = !constant->type.IsNumeric();
      if (is_bad) return Error(ER_WINDOW_FRAME_ILLEGAL, name);
    } else if (to.offset->kind != ExpressionKind::kParameter) {
      bool has_columns = false;
      Walk(to.offset, [&](Expression*& node) {
        has_columns |= node->kind == ExpressionKind::kColumn || node->kind == ExpressionKind::kSubquery;
        return true;
      });
      if (has_columns) return Error(ER_WINDOW_RANGE_BOUND_NOT_CONSTANT, name);
    }
    if (window->unit == FrameUnit::kRows) {
      if (is_interval) return Error(ER_WINDOW_ROWS_INTERVAL_USE, name);
      to.offset = Cast(to.offset, SqlType::BigInt());
      continue;
    }
    if (window->order_by.size() != 1) return Error(ER_WINDOW_RANGE_FRAME_ORDER_TYPE, name);
    const SqlType& key = window->order_by[0].expression->type;
    if (key.IsTemporal()) {
      if (!is_interval) return Error(ER_WINDOW_RANGE_FRAME_TEMPORAL_TYPE, name);
    } else if (key.IsNumeric() || key.IsNull()) {
      if (is_interval) return Error(ER_WINDOW_RANGE_FRAME_NUMERIC_TYPE, name);
    } else {
      return Error(ER_WINDOW_RANGE_FRAME_ORDER_TYPE, name);
    }
  }
  return Status::Ok();
}

Status StatementBinder::CheckNamedWindows(const ast::SelectBlock& block, Scope* scope) {
  for (size_t i = 0; i < block.windows.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (EqualIgnoreAsciiCase(block.windows[k].name, block.windows[i].name)) {
        return Error(ER_WINDOW_DUPLICATE_NAME, block.windows[i].name);
      }
    }
  }
  for (const ast::NamedWindow& named : block.windows) {
    Result<WindowSpecification*> bound = BindWindow(*named.window, named.name, scope, 1);
    if (!bound.ok()) return bound.TakeStatus();
  }
  return Status::Ok();
}

LogicalNode* StatementBinder::AddWindows(LogicalNode* node, const std::vector<Expression**>& roots) {
  struct Step {
    WindowNode* node;
    std::vector<ColumnId> ids;
  };
  std::vector<Step> steps;
  for (Expression** root : roots) {
    Walk(*root, [&](Expression*& expression) {
      auto* function = TryAs<WindowExpression>(expression);
      if (function == nullptr) return true;
      Step* step = nullptr;
      for (Step& known : steps) {
        if (SameWindow(*known.node->functions[0]->window, *function->window)) step = &known;
      }
      if (step == nullptr) {
        steps.push_back({New<WindowNode>(), {}});
        step = &steps.back();
      }
      size_t position = 0;
      while (position < step->ids.size() && !SameExpression(step->node->functions[position], function)) ++position;
      if (position == step->ids.size()) {
        if (position > 0) function->window = step->node->functions[0]->window;
        step->node->functions.push_back(function);
        step->ids.push_back(NewColumn(function->type, function->is_nullable));
      }
      Expression* reference = Reference(step->ids[position]);
      reference->coercibility = function->coercibility;
      reference->text = function->text;
      expression = reference;
      return false;
    });
  }
  for (Step& step : steps) {
    step.node->children = {node};
    step.node->output = node->output;
    step.node->output.insert(step.node->output.end(), step.ids.begin(), step.ids.end());
    node = step.node;
  }
  return node;
}

}  // namespace mahi
