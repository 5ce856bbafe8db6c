// INSERT, REPLACE, UPDATE, DELETE, LOAD DATA, CALL, DO, HANDLER.
// Source: MySQL 8.4 manual, "Data Manipulation Statements".
#include "parser/internal/parser_impl.h"

namespace mahi::parser_internal {

List<std::string_view> ParserImpl::ParsePartitionNames() {
  Expect(T::k_PARTITION);
  return ParseParenthesizedNames();
}

List<Assignment> ParserImpl::ParseAssignments() {
  ListBuilder<Assignment> assignments;
  do {
    Assignment assignment;
    assignment.column = ParseColumnReference();
    if (!Accept(T::kAssign)) Expect(T::kEqual);
    assignment.value = ParseValue();
    assignments.Add(assignment);
  } while (Accept(T::kComma));
  return assignments.Finish(arena_);
}

List<SelectItem> ParserImpl::ParseReturning() {
  if (!Accept(T::k_RETURNING)) return {};
  return ParseSelectItems();
}

Statement* ParserImpl::ParseInsert() {
  bool replace = Take().token == T::k_REPLACE;
  auto* statement = New<InsertStatement>(replace);
  statement->hints = TakeHints();
  if (Accept(T::k_LOW_PRIORITY)) {
    statement->priority = DmlPriority::kLow;
  } else if (Accept(T::k_DELAYED)) {
    statement->priority = DmlPriority::kDelayed;
  } else if (!replace && Accept(T::k_HIGH_PRIORITY)) {
    statement->priority = DmlPriority::kHigh;
  }
  if (!replace) statement->is_ignore = Accept(T::k_IGNORE);
  Accept(T::k_INTO);
  statement->table = ParseQualifiedName();
  if (At(T::k_PARTITION)) statement->partitions = ParsePartitionNames();
  if (Accept(T::k_SET)) {
    statement->is_set_syntax = true;
    List<Assignment> assignments = ParseAssignments();
    ListBuilder<ColumnReference*> columns;
    ListBuilder<Expression*> values;
    for (const Assignment& assignment : assignments) {
      columns.Add(assignment.column);
      values.Add(assignment.value);
    }
    statement->columns = columns.Finish(arena_);
    statement->has_column_list = true;
    ListBuilder<List<Expression*>> rows;
    rows.Add(values.Finish(arena_));
    statement->rows = rows.Finish(arena_);
  } else {
    if (At(T::kLeft) && !AtQueryStart(1) && !(Kind(1) == T::kLeft && ParenthesesLeadToQuery())) {
      Take();
      statement->has_column_list = true;
      ListBuilder<ColumnReference*> columns;
      if (!At(T::kRight)) {
        do {
          columns.Add(ParseColumnReference());
        } while (Accept(T::kComma));
      }
      Expect(T::kRight);
      statement->columns = columns.Finish(arena_);
    }
    bool is_values = (At(T::k_VALUES) && Kind(1) != T::k_ROW) || At(T::k_VALUE);
    if (is_values) {
      Take();
      if (!At(T::kLeft)) FailSyntax();
      statement->rows = ParseRows(false);
    } else {
      statement->query = ParseQueryExpression();
      if (statement->query->into != nullptr) Fail(ER_WRONG_USAGE, "INSERT", "INTO");
    }
  }
  if (!replace && At(T::k_AS)) {
    Take();
    statement->row_alias = ParseName();
    if (At(T::kLeft)) statement->row_alias_columns = ParseParenthesizedNames();
  }
  if (!replace && Accept(T::k_ON)) {
    Expect(T::k_DUPLICATE, T::k_KEY);
    Expect(T::k_UPDATE);
    statement->on_duplicate_key = ParseAssignments();
  }
  statement->returning = ParseReturning();
  return statement;
}

Statement* ParserImpl::ParseUpdate(With* with) {
  Expect(T::k_UPDATE);
  auto* statement = New<UpdateStatement>();
  statement->with = with;
  statement->hints = TakeHints();
  statement->is_low_priority = Accept(T::k_LOW_PRIORITY);
  statement->is_ignore = Accept(T::k_IGNORE);
  statement->tables = ParseTableReferences();
  Expect(T::k_SET);
  statement->assignments = ParseAssignments();
  if (Accept(T::k_WHERE)) statement->where = ParseExpression();
  bool single = statement->tables.size() == 1 && statement->tables[0]->kind == TableReferenceKind::kTable;
  if (At(T::k_ORDER)) {
    if (!single) Fail(ER_WRONG_USAGE, "UPDATE", "ORDER BY");
    Take();
    Expect(T::k_BY);
    statement->order_by = ParseOrderItems();
  }
  if (At(T::k_LIMIT)) {
    if (!single) Fail(ER_WRONG_USAGE, "UPDATE", "LIMIT");
    statement->limit = ParseLimit();
    if (statement->limit->offset != nullptr) FailSyntaxAt(statement->limit->offset->source.offset);
  }
  statement->returning = ParseReturning();
  return statement;
}

Statement* ParserImpl::ParseDelete(With* with) {
  Expect(T::k_DELETE);
  auto* statement = New<DeleteStatement>();
  statement->with = with;
  statement->hints = TakeHints();
  while (true) {
    // QUICK is not reserved: DELETE quick FROM ... would delete from a table of that name.
    if (Accept(T::k_LOW_PRIORITY)) {
      statement->is_low_priority = true;
    } else if (At(T::k_QUICK) && Kind(1) != T::k_FROM && Kind(1) != T::kComma && Kind(1) != T::kDot) {
      Take();
      statement->is_quick = true;
    } else if (At(T::k_QUICK) && Kind(1) == T::k_FROM) {
      Take();
      statement->is_quick = true;
    } else if (Accept(T::k_IGNORE)) {
      statement->is_ignore = true;
    } else {
      break;
    }
  }
  auto parse_targets = [&] {
    ListBuilder<QualifiedName> targets;
    do {
      uint32_t start = Start();
      QualifiedName target;
      target.name = ParseName();
      if (At(T::kDot)) {
        Take();
        if (!Accept(T::kStar)) {
          target.schema = target.name;
          target.name = ParseNameAfterDot();
          if (Accept(T::kDot)) Expect(T::kStar);
        }
      }
      target.source = RangeFrom(start);
      targets.Add(target);
    } while (Accept(T::kComma));
    statement->targets = targets.Finish(arena_);
  };
  if (Accept(T::k_FROM)) {
    // A single table, or targets followed by USING.
    Lexer scout = Scout();
    LexedToken token = scout.Next();
    while (IsName(token) || token.token == T::kDot || token.token == T::kComma || token.token == T::kStar) {
      token = scout.Next();
    }
    if (token.token == T::k_USING) {
      statement->is_multi_table = true;
      parse_targets();
      Expect(T::k_USING);
      statement->tables = ParseTableReferences();
      if (Accept(T::k_WHERE)) statement->where = ParseExpression();
      return statement;
    }
    uint32_t start = Start();
    auto* table = New<NamedTable>();
    table->name = ParseQualifiedName();
    table->alias = ParseTableAlias();
    if (At(T::k_PARTITION)) table->partitions = ParsePartitionNames();
    Finish(table, start);
    ListBuilder<TableReference*> tables;
    tables.Add(table);
    statement->tables = tables.Finish(arena_);
    if (Accept(T::k_WHERE)) statement->where = ParseExpression();
    if (Accept(T::k_ORDER)) {
      Expect(T::k_BY);
      statement->order_by = ParseOrderItems();
    }
    if (At(T::k_LIMIT)) {
      statement->limit = ParseLimit();
      if (statement->limit->offset != nullptr) FailSyntaxAt(statement->limit->offset->source.offset);
    }
    statement->returning = ParseReturning();
    return statement;
  }
  statement->is_multi_table = true;
  parse_targets();
  Expect(T::k_FROM);
  statement->tables = ParseTableReferences();
  if (Accept(T::k_WHERE)) statement->where = ParseExpression();
  return statement;
}

Statement* ParserImpl::ParseLoad() {
  Expect(T::k_LOAD);
  if (At(T::k_INDEX)) {
    Take();
    Expect(T::k_INTO, T::k_CACHE);
    auto* statement = New<LoadIndexStatement>();
    ListBuilder<QualifiedName> tables;
    do {
      tables.Add(ParseQualifiedName());
      if (Accept(T::k_PARTITION)) {
        Expect(T::kLeft);
        if (!Accept(T::k_ALL)) ParseNameList();
        Expect(T::kRight);
      }
      if (Accept(T::k_INDEX) || Accept(T::k_KEY)) ParseParenthesizedNames();
      if (Accept(T::k_IGNORE)) ExpectWord("LEAVES");
    } while (Accept(T::kComma));
    statement->tables = tables.Finish(arena_);
    return statement;
  }
  auto* statement = New<LoadDataStatement>();
  if (Accept(T::k_XML)) {
    statement->is_xml = true;
  } else {
    Expect(T::k_DATA);
  }
  statement->is_low_priority = Accept(T::k_LOW_PRIORITY);
  statement->is_concurrent = Accept(T::k_CONCURRENT);
  statement->is_local = Accept(T::k_LOCAL);
  Expect(T::k_INFILE);
  statement->file_name = Expect(T::kString).text;
  if (Accept(T::k_REPLACE)) {
    statement->is_replace = true;
  } else {
    statement->is_ignore = Accept(T::k_IGNORE);
  }
  Expect(T::k_INTO, T::k_TABLE);
  statement->table = ParseQualifiedName();
  if (At(T::k_PARTITION)) statement->partitions = ParsePartitionNames();
  if (AcceptCharsetKeyword()) statement->format.charset = ParseCharsetName();
  if (statement->is_xml && Accept(T::k_ROWS)) {
    Expect(T::k_IDENTIFIED, T::k_BY);
    statement->rows_identified_by = ParseStringLiteral();
  }
  ParseFileFormat(&statement->format);
  if (Accept(T::k_IGNORE)) {
    statement->ignore_lines = ParseUnsigned();
    if (!Accept(T::k_LINES)) Expect(T::k_ROWS);
  }
  if (Accept(T::kLeft)) {
    ListBuilder<LoadTarget> targets;
    if (!At(T::kRight)) {
      do {
        LoadTarget target;
        if (At(T::kUserVariable)) {
          target.user_variable = Take().text;
        } else {
          target.column = ParseColumnReference();
        }
        targets.Add(target);
      } while (Accept(T::kComma));
    }
    Expect(T::kRight);
    statement->targets = targets.Finish(arena_);
  }
  if (Accept(T::k_SET)) statement->assignments = ParseAssignments();
  return statement;
}

Statement* ParserImpl::ParseCall() {
  Expect(T::k_CALL);
  auto* statement = New<CallStatement>();
  statement->procedure = ParseQualifiedName();
  if (Accept(T::kLeft)) {
    if (!At(T::kRight)) statement->arguments = ParseExpressionList();
    Expect(T::kRight);
  }
  return statement;
}

Statement* ParserImpl::ParseDo() {
  Expect(T::k_DO);
  auto* statement = New<DoStatement>();
  ListBuilder<SelectItem> items;
  do {
    items.Add(ParseSelectItem());
  } while (Accept(T::kComma));
  statement->items = items.Finish(arena_);
  return statement;
}

Statement* ParserImpl::ParseHandler() {
  Expect(T::k_HANDLER);
  auto* statement = New<HandlerStatement>();
  statement->table = ParseQualifiedName();
  if (Accept(T::k_OPEN)) {
    statement->alias = ParseTableAlias();
    return statement;
  }
  if (Accept(T::k_CLOSE)) {
    statement->action = HandlerAction::kClose;
    return statement;
  }
  Expect(T::k_READ);
  statement->action = HandlerAction::kRead;
  auto direction = [&] {
    if (!AtAny({T::k_FIRST, T::k_NEXT, T::k_PREV, T::k_LAST})) return false;
    statement->direction = KeywordName(Take().token);
    return true;
  };
  bool bare = (At(T::k_FIRST) || At(T::k_NEXT)) &&
              (Kind(1) == T::kEnd || Kind(1) == T::kSemicolon || Kind(1) == T::k_WHERE || Kind(1) == T::k_LIMIT);
  if (bare) {
    direction();
  } else {
    statement->index = Accept(T::k_PRIMARY) ? "PRIMARY" : ParseName();
    if (!direction()) {
      switch (Take().token) {
        case T::kEqual: statement->comparison = BinaryOperator::kEqual; break;
        case T::kLess: statement->comparison = BinaryOperator::kLess; break;
        case T::kLessEqual: statement->comparison = BinaryOperator::kLessEqual; break;
        case T::kGreater: statement->comparison = BinaryOperator::kGreater; break;
        case T::kGreaterEqual: statement->comparison = BinaryOperator::kGreaterEqual; break;
        default: FailSyntax();
      }
      statement->key = ParseRowValues();
    }
  }
  if (Accept(T::k_WHERE)) statement->where = ParseExpression();
  if (At(T::k_LIMIT)) statement->limit = ParseLimit();
  return statement;
}

}  // namespace mahi::parser_internal
