// Query expressions, query blocks and table references.
//
// Parentheses are ambiguous: `((SELECT 1) UNION ...)` is a query, `((SELECT 1) + 1)` an expression and
// `((SELECT 1) AS d JOIN t)` a table reference. Whoever meets '(' parses the inner query first and then looks
// at what follows; nothing is parsed twice.
// Source: MySQL 8.4 manual, "Parenthesized Query Expressions", "JOIN Clause".
#include "parser/internal/parser_impl.h"

namespace mahi::parser_internal {

bool ParserImpl::AtQueryStart(size_t n) {
  switch (Kind(n)) {
    case T::k_SELECT:
    case T::k_WITH: return true;
    case T::k_TABLE: return IsName(Peek(n + 1));
    case T::k_VALUES: return Kind(n + 1) == T::k_ROW;
    default: return false;
  }
}

bool ParserImpl::ParenthesesLeadToQuery() {
  Lexer scout = Scout();
  LexedToken token = scout.Next();
  while (token.token == T::kLeft) token = scout.Next();
  switch (token.token) {
    case T::k_SELECT:
    case T::k_WITH: return true;
    case T::k_TABLE: return IsName(scout.Next());
    case T::k_VALUES: return scout.Next().token == T::k_ROW;
    default: return false;
  }
}

bool ParserImpl::AtQueryContinuation() {
  switch (Kind()) {
    case T::k_UNION:
    case T::k_EXCEPT:
    case T::k_INTERSECT:
    case T::k_ORDER:
    case T::k_LIMIT:
    case T::k_FOR:
    case T::k_INTO:
    case T::k_LOCK: return true;
    default: return false;
  }
}

QueryExpression* ParserImpl::ParseQueryExpression() {
  DepthGuard guard(this);
  uint32_t start = Start();
  With* with = At(T::k_WITH) ? ParseWith() : nullptr;
  return ContinueQuery(nullptr, with, start);
}

// The body, beginning with `first` if that is parsed already, and the tail.
QueryExpression* ParserImpl::ContinueQuery(QueryBody* first, With* with, uint32_t start) {
  auto* query = New<QueryExpression>();
  IntoClause* outer_into = pending_into_;
  pending_into_ = nullptr;
  query->with = with;
  query->body = ParseQueryBody(first);
  query->into = pending_into_;
  pending_into_ = outer_into;
  ParseQueryTail(query);
  query->source = RangeFrom(start);
  return query;
}

void ParserImpl::ParseQueryTail(QueryExpression* query) {
  if (Accept(T::k_ORDER)) {
    Expect(T::k_BY);
    query->order_by = ParseOrderItems();
  }
  if (At(T::k_LIMIT)) query->limit = ParseLimit();
  if (At(T::k_FETCH) || AtOffsetRows()) query->limit = ParseFetch();
  if (At(T::k_INTO) && query->into == nullptr) query->into = ParseInto();
  if (AtLocking()) {
    ListBuilder<LockingClause> clauses;
    while (AtLocking()) clauses.Add(ParseLocking());
    query->locking = clauses.Finish(arena_);
  }
  if (At(T::k_INTO)) {
    if (query->into != nullptr) FailSyntax();
    query->into = ParseInto();
  }
}

QueryBody* ParserImpl::ParseQueryBody(QueryBody* first) {
  uint32_t start = first != nullptr ? first->source.offset : Start();
  QueryBody* left = ParseQueryTerm(first);
  if (!AtAny({T::k_UNION, T::k_EXCEPT})) return left;
  ListBuilder<SetOperand> operands;
  while (AtAny({T::k_UNION, T::k_EXCEPT})) {
    SetOperand operand;
    operand.op = Take().token == T::k_UNION ? SetOperator::kUnion : SetOperator::kExcept;
    operand.is_all = Accept(T::k_ALL);
    if (!operand.is_all) Accept(T::k_DISTINCT);
    operand.body = ParseQueryTerm(nullptr);
    operands.Add(operand);
  }
  auto* node = New<SetOperation>();
  node->first = left;
  node->operands = operands.Finish(arena_);
  return Finish(node, start);
}

// INTERSECT binds tighter than UNION and EXCEPT.
QueryBody* ParserImpl::ParseQueryTerm(QueryBody* first) {
  uint32_t start = first != nullptr ? first->source.offset : Start();
  QueryBody* left = first != nullptr ? first : ParseQueryPrimary();
  if (!At(T::k_INTERSECT)) return left;
  ListBuilder<SetOperand> operands;
  while (Accept(T::k_INTERSECT)) {
    SetOperand operand;
    operand.op = SetOperator::kIntersect;
    operand.is_all = Accept(T::k_ALL);
    if (!operand.is_all) Accept(T::k_DISTINCT);
    operand.body = ParseQueryPrimary();
    operands.Add(operand);
  }
  auto* node = New<SetOperation>();
  node->first = left;
  node->operands = operands.Finish(arena_);
  return Finish(node, start);
}

// (query) as an operand; parentheses that change nothing are dropped.
QueryBody* ParserImpl::Parenthesized(QueryExpression* query, SourceRange source) {
  bool redundant = query->with == nullptr && query->order_by.empty() && query->limit == nullptr &&
                   query->locking.empty() && query->into == nullptr;
  if (redundant) return query->body;
  auto* node = New<ParenthesizedQuery>();
  node->query = query;
  node->source = source;
  return node;
}

QueryBody* ParserImpl::ParseQueryPrimary() {
  uint32_t start = Start();
  switch (Kind()) {
    case T::k_SELECT: return ParseSelectBlock();
    case T::k_TABLE: {
      Take();
      auto* node = New<TableBlock>();
      node->table = ParseQualifiedName();
      return Finish(node, start);
    }
    case T::k_VALUES: {
      Take();
      auto* node = New<ValuesBlock>();
      node->rows = ParseRows(true);
      return Finish(node, start);
    }
    case T::kLeft: {
      Take();
      QueryExpression* query = ParseQueryExpression();
      Expect(T::kRight);
      return Parenthesized(query, RangeFrom(start));
    }
    default: FailSyntax();
  }
}

// ROW(...), ROW(...) or (...), (...)
List<List<Expression*>> ParserImpl::ParseRows(bool row_keyword) {
  ListBuilder<List<Expression*>> rows;
  do {
    if (row_keyword) Expect(T::k_ROW);
    rows.Add(ParseRowValues());
  } while (Accept(T::kComma));
  return rows.Finish(arena_);
}

With* ParserImpl::ParseWith() {
  Expect(T::k_WITH);
  auto* with = New<With>();
  with->is_recursive = Accept(T::k_RECURSIVE);
  ListBuilder<CommonTable> tables;
  do {
    uint32_t start = Start();
    CommonTable table{};
    table.name = ParseName();
    if (At(T::kLeft)) table.columns = ParseParenthesizedNames();
    Expect(T::k_AS);
    Expect(T::kLeft);
    table.query = ParseQueryExpression();
    Expect(T::kRight);
    table.source = RangeFrom(start);
    tables.Add(table);
  } while (Accept(T::kComma));
  with->tables = tables.Finish(arena_);
  return with;
}

std::string_view ParserImpl::TakeHints() { return At(T::kHint) ? Take().text : std::string_view(); }

void ParserImpl::ParseSelectOptions(SelectBlock* block) {
  bool all = false;
  while (true) {
    switch (Kind()) {
      case T::k_ALL: all = true; break;
      case T::k_DISTINCT:
      case T::k_DISTINCTROW: block->is_distinct = true; break;
      case T::k_HIGH_PRIORITY: block->is_high_priority = true; break;
      case T::k_STRAIGHT_JOIN: block->is_straight_join = true; break;
      case T::k_SQL_SMALL_RESULT: block->sql_small_result = true; break;
      case T::k_SQL_BIG_RESULT: block->sql_big_result = true; break;
      case T::k_SQL_BUFFER_RESULT: block->sql_buffer_result = true; break;
      case T::k_SQL_NO_CACHE: block->sql_no_cache = true; break;
      case T::k_SQL_CALC_FOUND_ROWS: block->sql_calc_found_rows = true; break;
      default:
        if (all && block->is_distinct) Fail(ER_WRONG_USAGE, "ALL", "DISTINCT");
        return;
    }
    // SQL_BUFFER_RESULT and SQL_NO_CACHE are not reserved: `SELECT sql_no_cache FROM t` names a column.
    if ((At(T::k_SQL_BUFFER_RESULT) || At(T::k_SQL_NO_CACHE)) &&
        (Kind(1) == T::kComma || Kind(1) == T::k_FROM || Kind(1) == T::kEnd || Kind(1) == T::kDot)) {
      return;
    }
    Take();
  }
}

SelectItem ParserImpl::ParseSelectItem() {
  uint32_t start = Start();
  SelectItem item;
  // name.* and name.name.*
  if (AtName() && Kind(1) == T::kDot &&
      (Kind(2) == T::kStar || (Kind(3) == T::kDot && Kind(4) == T::kStar))) {
    item.star_table = ParseName();
    Take();
    if (!At(T::kStar)) {
      item.star_schema = item.star_table;
      item.star_table = ParseNameAfterDot();
      Take();
    }
    Take();
    item.source = RangeFrom(start);
    return item;
  }
  item.expression = ParseExpression();
  item.source = RangeFrom(start);
  if (Accept(T::k_AS)) {
    item.has_alias = true;
    if (!AtNameOrString()) FailSyntax();
    item.alias = Take().text;
  } else if (AtName() || At(T::kString)) {
    item.has_alias = true;
    item.alias = Take().text;
  }
  if (item.has_alias) CheckNameLength(item.alias, 256);
  return item;
}

List<SelectItem> ParserImpl::ParseSelectItems() {
  ListBuilder<SelectItem> items;
  if (At(T::kStar)) {
    SelectItem star;
    uint32_t start = Start();
    Take();
    star.source = RangeFrom(start);
    items.Add(star);
  } else {
    items.Add(ParseSelectItem());
  }
  while (Accept(T::kComma)) items.Add(ParseSelectItem());
  return items.Finish(arena_);
}

SelectBlock* ParserImpl::ParseSelectBlock() {
  uint32_t start = Start();
  Expect(T::k_SELECT);
  auto* block = New<SelectBlock>();
  block->hints = TakeHints();
  ParseSelectOptions(block);
  block->items = ParseSelectItems();
  if (At(T::k_INTO)) pending_into_ = ParseInto();
  if (Accept(T::k_FROM)) {
    if (At(T::k_DUAL)) {
      Take();
      block->is_from_dual = true;
    } else {
      IntoClause* into = pending_into_;
      block->from = ParseTableReferences();
      pending_into_ = into;
    }
  }
  IntoClause* into = pending_into_;
  if (Accept(T::k_WHERE)) block->where = ParseExpression();
  if (Accept(T::k_GROUP)) {
    Expect(T::k_BY);
    if (At(T::k_ROLLUP) && Kind(1) == T::kLeft) {
      Take();
      Expect(T::kLeft);
      block->group_by = ParseOrderItems(false);
      Expect(T::kRight);
      block->group_by_modifier = GroupByModifier::kRollup;
    } else if (At(T::k_CUBE) && Kind(1) == T::kLeft) {
      Take();
      Expect(T::kLeft);
      block->group_by = ParseOrderItems(false);
      Expect(T::kRight);
      block->group_by_modifier = GroupByModifier::kCube;
    } else {
      block->group_by = ParseOrderItems(false);
      if (At(T::k_WITH) && (Kind(1) == T::k_ROLLUP || Kind(1) == T::k_CUBE)) {
        Take();
        block->group_by_modifier = Take().token == T::k_ROLLUP ? GroupByModifier::kRollup : GroupByModifier::kCube;
      }
    }
  }
  if (Accept(T::k_HAVING)) block->having = ParseExpression();
  if (Accept(T::k_WINDOW)) {
    ListBuilder<NamedWindow> windows;
    do {
      NamedWindow window;
      window.name = ParseName();
      Expect(T::k_AS);
      window.window = ParseWindowSpecification();
      windows.Add(window);
    } while (Accept(T::kComma));
    block->windows = windows.Finish(arena_);
  }
  if (Accept(T::k_QUALIFY)) block->qualify = ParseExpression();
  pending_into_ = into;
  return Finish(block, start);
}

// --- Table references ---------------------------------------------------------------------------------

List<TableReference*> ParserImpl::ParseTableReferences() {
  ListBuilder<TableReference*> tables;
  do {
    if (At(T::kLeftBrace)) {  // { OJ table_reference }
      Take();
      ParseName();
      tables.Add(ParseTableReference());
      Expect(T::kRightBrace);
    } else {
      tables.Add(ParseTableReference());
    }
  } while (Accept(T::kComma));
  return tables.Finish(arena_);
}

TableReference* ParserImpl::ParseTableReference() {
  DepthGuard guard(this);
  uint32_t start = pending_table_ != nullptr ? pending_table_->source.offset : Start();
  return ParseJoinTail(ParseTableFactor(), start, false);
}

// Joins are left-associative, but a join's right side may hold further joins whose ON comes first:
// a JOIN b JOIN c ON x ON y is a JOIN (b JOIN c ON x) ON y. For LEFT and RIGHT joins the right side is always a
// full reference up to its ON. An inner join without a condition is left-associative.
TableReference* ParserImpl::ParseJoinTail(TableReference* left, uint32_t start, bool may_leave_condition) {
  size_t joins = 0;
  while (true) {
    JoinKind kind;
    bool natural = false;
    bool may_have_condition = true;
    bool needs_condition = false;
    switch (Kind()) {
      case T::k_JOIN: Take(); kind = JoinKind::kInner; break;
      case T::k_INNER: case T::k_CROSS:
        Take();
        Expect(T::k_JOIN);
        kind = JoinKind::kInner;
        break;
      case T::k_STRAIGHT_JOIN: Take(); kind = JoinKind::kStraight; break;
      case T::k_LEFT: case T::k_RIGHT:
        kind = Take().token == T::k_LEFT ? JoinKind::kLeft : JoinKind::kRight;
        Accept(T::k_OUTER);
        Expect(T::k_JOIN);
        needs_condition = true;
        break;
      case T::k_FULL:
        if (Kind(1) != T::k_JOIN && Kind(1) != T::k_OUTER) return left;
        Take();
        Accept(T::k_OUTER);
        Expect(T::k_JOIN);
        kind = JoinKind::kFull;
        needs_condition = true;
        break;
      case T::k_NATURAL:
        Take();
        natural = true;
        may_have_condition = false;
        kind = JoinKind::kInner;
        if (At(T::k_LEFT) || At(T::k_RIGHT)) {
          kind = Take().token == T::k_LEFT ? JoinKind::kLeft : JoinKind::kRight;
          Accept(T::k_OUTER);
        } else if (At(T::k_FULL)) {
          Take();
          Accept(T::k_OUTER);
          kind = JoinKind::kFull;
        } else {
          Accept(T::k_INNER);
        }
        Expect(T::k_JOIN);
        break;
      default: return left;
    }
    if (++joins > options_.max_depth) FailTooDeep();
    auto* join = New<Join>();
    join->join_kind = kind;
    join->is_natural = natural;
    join->left = left;
    uint32_t right_start = Start();
    join->right = ParseTableFactor();
    if (may_have_condition && !AtAny({T::k_ON, T::k_USING}) &&
        AtAny({T::k_JOIN, T::k_INNER, T::k_CROSS, T::k_STRAIGHT_JOIN, T::k_LEFT, T::k_RIGHT, T::k_NATURAL,
               T::k_FULL})) {
      // Further joins before our condition. If it never comes, an inner join is left-associative instead.
      if (needs_condition || ConditionComesLater()) {
        DepthGuard guard(this);
        join->right = ParseJoinTail(join->right, right_start, true);
      }
    }
    if (may_have_condition && Accept(T::k_ON)) {
      join->on = ParseExpression();
    } else if (may_have_condition && kind != JoinKind::kStraight && At(T::k_USING)) {
      Take();
      join->using_columns = ParseParenthesizedNames();
    } else if (needs_condition) {
      FailSyntax();
    }
    left = Finish(join, start);
    // Inside a right side: what follows with its own ON / USING at our level belongs to the outer join.
    if (may_leave_condition && AtAny({T::k_ON, T::k_USING})) return left;
  }
}

// Behind the right side of a join without a condition so far, at a join keyword: do the joins that follow
// leave an ON or USING over for us? Counts conditions against joins at this level of parentheses.
bool ParserImpl::ConditionComesLater() {
  Lexer scout = Scout();
  int depth = 0;
  int open = 1;  // joins that still want a condition, ours included
  int case_depth = 0;
  bool natural = false;
  while (true) {
    T token = scout.Next().token;
    if (token == T::kEnd || token == T::kInvalid || token == T::kSemicolon) return false;
    if (token == T::kLeft) ++depth;
    if (token == T::kRight && --depth < 0) return false;
    if (depth > 0) continue;
    switch (token) {
      case T::k_NATURAL: natural = true; break;
      case T::k_CASE: ++case_depth; break;
      case T::k_END: --case_depth; break;
      case T::k_JOIN:
        if (!natural) ++open;
        natural = false;
        break;
      case T::k_STRAIGHT_JOIN: ++open; break;
      case T::k_ON:
      case T::k_USING:
        // The innermost open join takes it; when ours is the only one left, it is ours.
        if (--open == 0) return true;
        break;
      case T::kComma:
      case T::k_WHERE:
      case T::k_GROUP:
      case T::k_HAVING:
      case T::k_ORDER:
      case T::k_LIMIT:
      case T::k_UNION:
      case T::k_EXCEPT:
      case T::k_INTERSECT:
      case T::k_SET:
      case T::k_WINDOW:
        if (case_depth <= 0) return false;
        break;
      default: break;
    }
  }
}

TableReference* ParserImpl::ParseTableFactor() {
  if (pending_table_ != nullptr) {
    TableReference* pending = pending_table_;
    pending_table_ = nullptr;
    return pending;
  }
  uint32_t start = Start();
  switch (Kind()) {
    case T::kLeft: {
      TableReference* table = ParseParenthesizedTable();
      if (table->kind == TableReferenceKind::kDerived && table->As<DerivedTable>()->alias.empty()) {
        return FinishDerived(table->As<DerivedTable>()->query, false, start);
      }
      return table;
    }
    case T::k_LATERAL: {
      Take();
      Expect(T::kLeft);
      QueryExpression* query = ParseQueryExpression();
      Expect(T::kRight);
      return FinishDerived(query, true, start);
    }
    case T::kLeftBrace: {
      Take();
      ParseName();
      TableReference* table = ParseTableReference();
      Expect(T::kRightBrace);
      return table;
    }
    case T::k_JSON_TABLE: return ParseJsonTable();
    default: return ParseNamedTable();
  }
}

// At '('. A derived table comes back without its alias.
TableReference* ParserImpl::ParseParenthesizedTable() {
  DepthGuard guard(this);
  uint32_t start = Start();
  bool leads_to_query = Kind(1) == T::kLeft && ParenthesesLeadToQuery();
  Expect(T::kLeft);
  if (AtQueryStart()) {
    auto* node = New<DerivedTable>();
    node->query = ParseQueryExpression();
    Expect(T::kRight);
    return Finish(node, start);
  }
  if (leads_to_query) {
    uint32_t inner_start = Start();
    TableReference* inner = ParseParenthesizedTable();
    bool bare = inner->kind == TableReferenceKind::kDerived && inner->As<DerivedTable>()->alias.empty();
    if (bare && (At(T::kRight) || AtQueryContinuation())) {
      QueryBody* body = Parenthesized(inner->As<DerivedTable>()->query, inner->source);
      auto* node = New<DerivedTable>();
      node->query = ContinueQuery(body, nullptr, inner_start);
      Expect(T::kRight);
      return Finish(node, start);
    }
    pending_table_ = bare ? FinishDerived(inner->As<DerivedTable>()->query, false, inner_start) : inner;
  }
  ListBuilder<TableReference*> tables;
  do {
    tables.Add(ParseTableReference());
  } while (Accept(T::kComma));
  Expect(T::kRight);
  if (tables.size() == 1) return tables[0];
  auto* group = New<TableGroup>();
  group->tables = tables.Finish(arena_);
  return Finish(group, start);
}

TableReference* ParserImpl::FinishDerived(QueryExpression* query, bool lateral, uint32_t start) {
  auto* node = New<DerivedTable>();
  node->is_lateral = lateral;
  node->query = query;
  if (query->into != nullptr) FailSyntax();
  node->alias = ParseTableAlias();
  if (node->alias.empty()) Fail(ER_DERIVED_MUST_HAVE_ALIAS);
  if (At(T::kLeft)) node->columns = ParseParenthesizedNames();
  return Finish(node, start);
}

std::string_view ParserImpl::ParseTableAlias() {
  if (Accept(T::k_AS)) return ParseName();
  if (At(T::k_FULL) && (Kind(1) == T::k_JOIN || Kind(1) == T::k_OUTER)) return {};
  if (AtOffsetRows()) return {};
  if (AtName()) return ParseName();
  return {};
}

TableReference* ParserImpl::ParseNamedTable() {
  uint32_t start = Start();
  auto* node = New<NamedTable>();
  node->name = ParseQualifiedName();
  if (At(T::k_PARTITION)) node->partitions = ParsePartitionNames();
  node->alias = ParseTableAlias();
  node->index_hints = ParseIndexHints();
  if (Accept(T::k_TABLESAMPLE)) {
    auto* sample = New<TableSample>();
    if (Accept(T::k_BERNOULLI)) {
      sample->is_bernoulli = true;
    } else {
      Expect(T::k_SYSTEM);
    }
    Expect(T::kLeft);
    sample->percentage = ParseExpression();
    Expect(T::kRight);
    node->sample = sample;
    if (node->alias.empty()) node->alias = ParseTableAlias();
  }
  return Finish(node, start);
}

List<IndexHint> ParserImpl::ParseIndexHints() {
  ListBuilder<IndexHint> hints;
  while (AtAny({T::k_USE, T::k_FORCE, T::k_IGNORE}) && (Kind(1) == T::k_INDEX || Kind(1) == T::k_KEY)) {
    IndexHint hint;
    T kind = Take().token;
    hint.kind = kind == T::k_USE     ? IndexHintKind::kUse
                : kind == T::k_FORCE ? IndexHintKind::kForce
                                     : IndexHintKind::kIgnore;
    Take();
    if (Accept(T::k_FOR)) {
      if (Accept(T::k_JOIN)) {
        hint.scope = IndexHintScope::kJoin;
      } else {
        hint.scope = At(T::k_ORDER) ? IndexHintScope::kOrderBy : IndexHintScope::kGroupBy;
        if (!Accept(T::k_ORDER)) Expect(T::k_GROUP);
        Expect(T::k_BY);
      }
    }
    Expect(T::kLeft);
    ListBuilder<std::string_view> indexes;
    if (!At(T::kRight)) {
      do {
        indexes.Add(Accept(T::k_PRIMARY) ? "PRIMARY" : ParseName());
      } while (Accept(T::kComma));
    } else if (hint.kind != IndexHintKind::kUse) {
      FailSyntax();
    }
    Expect(T::kRight);
    hint.indexes = indexes.Finish(arena_);
    hints.Add(hint);
  }
  return hints.Finish(arena_);
}

TableReference* ParserImpl::ParseJsonTable() {
  uint32_t start = Start();
  Expect(T::k_JSON_TABLE, T::kLeft);
  auto* node = New<JsonTable>();
  node->document = ParseExpression();
  Expect(T::kComma);
  node->path = ParseExpression();
  node->columns = ParseJsonTableColumns();
  Expect(T::kRight);
  node->alias = ParseTableAlias();
  if (node->alias.empty()) Fail(ER_TF_MUST_HAVE_ALIAS);
  return Finish(node, start);
}

List<JsonTableColumn> ParserImpl::ParseJsonTableColumns() {
  DepthGuard guard(this);
  Expect(T::k_COLUMNS, T::kLeft);
  std::vector<JsonTableColumn> columns;
  do {
    JsonTableColumn column;
    if (At(T::k_NESTED) && (Kind(1) == T::k_PATH || Kind(1) == T::kString)) {
      Take();
      Accept(T::k_PATH);
      column.kind = JsonTableColumnKind::kNested;
      if (!At(T::kString)) FailSyntax();
      column.path = ParseLiteral();
      column.nested = ParseJsonTableColumns();
    } else {
      column.name = ParseName();
      if (Accept(T::k_FOR)) {
        Expect(T::k_ORDINALITY);
        column.kind = JsonTableColumnKind::kOrdinality;
      } else {
        column.type = ParseDataType();
        if (Accept(T::k_COLLATE)) column.type->collation = ParseCollationName();
        if (Accept(T::k_EXISTS)) column.kind = JsonTableColumnKind::kExistsPath;
        Expect(T::k_PATH);
        if (!At(T::kString)) FailSyntax();
        column.path = ParseLiteral();
        if (column.kind == JsonTableColumnKind::kPath) ParseJsonActions(&column.on_empty, &column.on_error);
      }
    }
    columns.push_back(column);
  } while (Accept(T::kComma));
  Expect(T::kRight);
  auto* data = static_cast<JsonTableColumn*>(
      arena_->Allocate(sizeof(JsonTableColumn) * columns.size(), alignof(JsonTableColumn)));
  std::uninitialized_copy(columns.begin(), columns.end(), data);
  return {data, columns.size()};
}

// --- Tails --------------------------------------------------------------------------------------------

Expression* ParserImpl::ParseLimitValue() {
  if (At(T::kParameter)) return ParsePrimary();
  if (At(T::kInteger) || At(T::kHex) || At(T::kBit)) return ParseLiteral();
  if (AtName()) return ParseColumnReference();  // a local variable of a stored program
  FailSyntax();
}

Limit* ParserImpl::ParseLimit() {
  Expect(T::k_LIMIT);
  auto* limit = New<Limit>();
  limit->count = ParseLimitValue();
  if (Accept(T::kComma)) {
    limit->offset = limit->count;
    limit->count = ParseLimitValue();
  } else if (Accept(T::k_OFFSET)) {
    limit->offset = ParseLimitValue();
  }
  return limit;
}

// OFFSET n ROWS: OFFSET alone is a name.
bool ParserImpl::AtOffsetRows() {
  return At(T::k_OFFSET) && (Kind(1) == T::kInteger || Kind(1) == T::kParameter) &&
         (Kind(2) == T::k_ROW || Kind(2) == T::k_ROWS);
}

// The SQL standard's LIMIT, an addition: [OFFSET n ROWS] FETCH {FIRST | NEXT} [n] {ROW | ROWS} ONLY
Limit* ParserImpl::ParseFetch() {
  auto* limit = New<Limit>();
  if (Accept(T::k_OFFSET)) {
    limit->offset = ParseLimitValue();
    Take();
  }
  auto count_all = [&](std::string_view digits) {
    auto* all = New<Literal>();
    all->literal_kind = LiteralKind::kInteger;
    all->text = digits;
    return Finish(all, last_end_);
  };
  if (!Accept(T::k_FETCH)) {
    limit->count = count_all("18446744073709551615");
    return limit;
  }
  if (!Accept(T::k_FIRST)) Expect(T::k_NEXT);
  limit->count = At(T::k_ROW) || At(T::k_ROWS) ? count_all("1") : ParseLimitValue();
  if (!Accept(T::k_ROW)) Expect(T::k_ROWS);
  Expect(T::k_ONLY);
  return limit;
}

bool ParserImpl::AtLocking() {
  return (At(T::k_FOR) && (Kind(1) == T::k_UPDATE || Kind(1) == T::k_SHARE)) ||
         (At(T::k_LOCK) && Kind(1) == T::k_IN);
}

LockingClause ParserImpl::ParseLocking() {
  LockingClause clause;
  if (Accept(T::k_LOCK)) {
    Expect(T::k_IN, T::k_SHARE);
    Expect(T::k_MODE);
    clause.strength = LockStrength::kShare;
    return clause;
  }
  Expect(T::k_FOR);
  clause.strength = Take().token == T::k_UPDATE ? LockStrength::kUpdate : LockStrength::kShare;
  if (Accept(T::k_OF)) clause.of_tables = ParseTableNames();
  if (Accept(T::k_NOWAIT)) {
    clause.wait = LockWait::kNoWait;
  } else if (Accept(T::k_SKIP)) {
    Expect(T::k_LOCKED);
    clause.wait = LockWait::kSkipLocked;
  }
  return clause;
}

IntoClause* ParserImpl::ParseInto() {
  Expect(T::k_INTO);
  auto* into = New<IntoClause>();
  if (Accept(T::k_OUTFILE)) {
    into->kind = IntoKind::kOutfile;
    into->file_name = Expect(T::kString).text;
    if (AcceptCharsetKeyword()) into->format.charset = ParseCharsetName();
    ParseFileFormat(&into->format);
    return into;
  }
  if (Accept(T::k_DUMPFILE)) {
    into->kind = IntoKind::kDumpfile;
    into->file_name = Expect(T::kString).text;
    return into;
  }
  ListBuilder<IntoVariable> variables;
  do {
    IntoVariable variable;
    if (At(T::kUserVariable)) {
      variable.name = Take().text;
    } else {
      variable.is_user_variable = false;
      variable.name = ParseName();
    }
    variables.Add(variable);
  } while (Accept(T::kComma));
  into->variables = variables.Finish(arena_);
  return into;
}

void ParserImpl::ParseFileFormat(FileFormat* format) {
  if (Accept(T::k_COLUMNS) || Accept(T::k_FIELDS)) {
    bool any = false;
    while (true) {
      if (Accept(T::k_TERMINATED)) {
        Expect(T::k_BY);
        format->fields_terminated_by = ParseStringLiteral();
      } else if (At(T::k_OPTIONALLY) || At(T::k_ENCLOSED)) {
        format->fields_optionally_enclosed = Accept(T::k_OPTIONALLY);
        Expect(T::k_ENCLOSED, T::k_BY);
        format->fields_enclosed_by = ParseStringLiteral();
      } else if (Accept(T::k_ESCAPED)) {
        Expect(T::k_BY);
        format->fields_escaped_by = ParseStringLiteral();
      } else {
        break;
      }
      any = true;
    }
    if (!any) FailSyntax();
  }
  if (Accept(T::k_LINES)) {
    bool any = false;
    while (true) {
      if (Accept(T::k_TERMINATED)) {
        Expect(T::k_BY);
        format->lines_terminated_by = ParseStringLiteral();
      } else if (Accept(T::k_STARTING)) {
        Expect(T::k_BY);
        format->lines_starting_by = ParseStringLiteral();
      } else {
        break;
      }
      any = true;
    }
    if (!any) FailSyntax();
  }
}

}  // namespace mahi::parser_internal
