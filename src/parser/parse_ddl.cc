// CREATE, ALTER, DROP, RENAME, TRUNCATE.
// Source: MySQL 8.4 manual, "Data Definition Statements".
#include "parser/internal/parser_impl.h"

namespace mahi::parser_internal {

AccountName* ParserImpl::ParseDefiner() {
  if (!At(T::k_DEFINER)) return nullptr;
  Take();
  Expect(T::kEqual);
  auto* account = New<AccountName>();
  *account = ParseAccount();
  return account;
}

Statement* ParserImpl::ParseCreate() {
  Expect(T::k_CREATE);
  bool or_replace = false;
  if (At(T::k_OR)) {
    Take();
    Expect(T::k_REPLACE);
    or_replace = true;
  }
  switch (Kind()) {
    case T::k_DATABASE:
    case T::k_SCHEMA: {
      Take();
      auto* statement = New<CreateDatabaseStatement>();
      statement->if_not_exists = ParseIfNotExists();
      statement->name = ParseName();
      ParseDatabaseOptions(&statement->options);
      return statement;
    }
    case T::k_TEMPORARY:
      Take();
      if (!At(T::k_TABLE)) FailSyntax();
      return ParseCreateTable(true, or_replace);
    case T::k_TABLE: return ParseCreateTable(false, or_replace);
    case T::k_UNIQUE:
    case T::k_FULLTEXT:
    case T::k_SPATIAL:
      if (Kind() == T::k_SPATIAL && Kind(1) == T::k_REFERENCE) {
        return ParseSpatialReferenceSystem(DdlVerb::kCreate, or_replace);
      }
      return ParseCreateIndex();
    case T::k_INDEX: return ParseCreateIndex();
    case T::k_ALGORITHM:
    case T::k_VIEW: return ParseCreateView(or_replace, false);
    case T::k_USER: return ParseCreateUser();
    case T::k_ROLE: {
      Take();
      auto* statement = New<CreateRoleStatement>();
      statement->if_not_exists = ParseIfNotExists();
      statement->roles = ParseAccountList();
      return statement;
    }
    case T::k_DEFINER: {
      AccountName* definer = ParseDefiner();
      switch (Kind()) {
        case T::k_PROCEDURE: return ParseCreateRoutine(or_replace, definer, false);
        case T::k_FUNCTION: return ParseCreateRoutine(or_replace, definer, true);
        case T::k_TRIGGER: return ParseCreateTrigger(or_replace, definer);
        case T::k_EVENT: return ParseEvent(false, or_replace, definer);
        default: break;
      }
      Statement* view = ParseCreateView(or_replace, false);
      view->As<CreateViewStatement>()->definer = definer;
      return view;
    }
    case T::k_SQL: return ParseCreateView(or_replace, false);
    case T::k_PROCEDURE: return ParseCreateRoutine(or_replace, nullptr, false);
    case T::k_AGGREGATE:
    case T::k_FUNCTION: return ParseCreateRoutine(or_replace, nullptr, true);
    case T::k_TRIGGER: return ParseCreateTrigger(or_replace, nullptr);
    case T::k_EVENT: return ParseEvent(false, or_replace, nullptr);
    case T::k_UNDO:
    case T::k_LOGFILE:
    case T::k_TABLESPACE: return ParseTablespace(DdlVerb::kCreate);
    case T::k_SERVER: return ParseServer(DdlVerb::kCreate);
    case T::k_RESOURCE: return ParseResourceGroup(DdlVerb::kCreate);
    default: FailSyntax();
  }
}

void ParserImpl::ParseDatabaseOptions(DatabaseOptions* options) {
  while (true) {
    bool has_default = At(T::k_DEFAULT) && AtAny({T::k_DEFAULT}) &&
                       (Kind(1) == T::k_CHARSET || Kind(1) == T::k_CHARACTER || Kind(1) == T::k_CHAR ||
                        Kind(1) == T::k_COLLATE || Kind(1) == T::k_ENCRYPTION);
    if (has_default) Take();
    if (AcceptCharsetKeyword()) {
      Accept(T::kEqual);
      options->charset = Accept(T::k_DEFAULT) ? std::string_view() : ParseCharsetName();
    } else if (Accept(T::k_COLLATE)) {
      Accept(T::kEqual);
      options->collation = Accept(T::k_DEFAULT) ? std::string_view() : ParseCollationName();
    } else if (Accept(T::k_ENCRYPTION)) {
      Accept(T::kEqual);
      std::string_view value = ParseStringLiteral();
      if (value.size() != 1 || std::string_view("YyNn").find(value[0]) == std::string_view::npos) {
        Fail(ER_WRONG_VALUE, "argument (should be Y or N)", value);
      }
      options->is_encrypted = value == "Y" || value == "y";
    } else if (At(T::k_READ) && Kind(1) == T::k_ONLY) {
      Skip(2);
      Accept(T::kEqual);
      options->is_read_only = Accept(T::k_DEFAULT) ? false : ParseUnsigned() != 0;
    } else {
      if (has_default) FailSyntax();
      return;
    }
  }
}

// --- CREATE TABLE -------------------------------------------------------------------------------------

Statement* ParserImpl::ParseCreateTable(bool temporary, bool or_replace) {
  Expect(T::k_TABLE);
  auto* statement = New<CreateTableStatement>();
  statement->is_temporary = temporary;
  statement->or_replace = or_replace;
  statement->if_not_exists = ParseIfNotExists();
  statement->name = ParseQualifiedName();
  if (Accept(T::k_LIKE)) {
    statement->is_like = true;
    statement->like = ParseQualifiedName();
    return statement;
  }
  if (At(T::kLeft) && Kind(1) == T::k_LIKE) {
    Skip(2);
    statement->is_like = true;
    statement->like = ParseQualifiedName();
    Expect(T::kRight);
    return statement;
  }
  bool query_in_parentheses = At(T::kLeft) && (AtQueryStart(1) || (Kind(1) == T::kLeft && ParenthesesLeadToQuery()));
  if (At(T::kLeft) && !query_in_parentheses) ParseTableElements(statement);
  statement->options = ParseTableOptions();
  if (At(T::k_PARTITION)) statement->partition = ParsePartitionClause();
  if (Accept(T::k_IGNORE)) {
    statement->duplicates = DuplicateHandling::kIgnore;
  } else if (Accept(T::k_REPLACE)) {
    statement->duplicates = DuplicateHandling::kReplace;
  }
  bool has_as = Accept(T::k_AS);
  if (has_as || statement->duplicates != DuplicateHandling::kError || AtQueryStart() || At(T::kLeft)) {
    statement->query = ParseQueryExpression();
  } else if (statement->columns.empty() && !At(T::kEnd) && !At(T::kSemicolon)) {
    FailSyntax();
  }
  if (statement->columns.empty() && statement->query == nullptr) Fail(ER_TABLE_MUST_HAVE_COLUMNS);
  return statement;
}

bool ParserImpl::AtIndexDefinition() {
  switch (Kind()) {
    case T::k_INDEX:
    case T::k_KEY:
    case T::k_PRIMARY:
    case T::k_UNIQUE:
    case T::k_FULLTEXT:
    case T::k_SPATIAL: return true;
    default: return false;
  }
}

void ParserImpl::ParseTableElements(CreateTableStatement* statement) {
  Expect(T::kLeft);
  ListBuilder<ColumnDefinition*> columns;
  ListBuilder<IndexDefinition*> indexes;
  ListBuilder<ForeignKeyDefinition*> foreign_keys;
  ListBuilder<CheckDefinition*> checks;
  do {
    std::string_view constraint;
    bool is_constraint = Accept(T::k_CONSTRAINT);
    if (is_constraint && AtName()) constraint = ParseName();
    if (AtIndexDefinition()) {
      if (is_constraint && !AtAny({T::k_PRIMARY, T::k_UNIQUE})) FailSyntax();
      indexes.Add(ParseIndexDefinition(constraint));
    } else if (At(T::k_FOREIGN)) {
      foreign_keys.Add(ParseForeignKey(constraint));
    } else if (At(T::k_CHECK)) {
      auto* check = New<CheckDefinition>();
      *check = ParseCheck(constraint);
      checks.Add(check);
    } else {
      if (is_constraint) FailSyntax();
      uint32_t start = Start();
      std::string_view name = ParseName();
      columns.Add(ParseColumnDefinition(name, start));
    }
  } while (Accept(T::kComma));
  Expect(T::kRight);
  statement->columns = columns.Finish(arena_);
  statement->indexes = indexes.Finish(arena_);
  statement->foreign_keys = foreign_keys.Finish(arena_);
  statement->checks = checks.Finish(arena_);
}

// Behind the name.
ColumnDefinition* ParserImpl::ParseColumnDefinition(std::string_view name, uint32_t start) {
  auto* column = New<ColumnDefinition>();
  column->name = name;
  Accept(T::kDot);
  column->type = ParseDataType();
  if (At(T::k_COLLATE)) {
    Take();
    column->type->collation = ParseCollationName();
  }
  if (At(T::k_GENERATED) || (At(T::k_AS) && Kind(1) == T::kLeft)) {
    if (Accept(T::k_GENERATED)) Expect(T::k_ALWAYS);
    Expect(T::k_AS, T::kLeft);
    column->generated = ParseExpression();
    Expect(T::kRight);
    if (Accept(T::k_STORED)) {
      column->is_stored = true;
    } else {
      Accept(T::k_VIRTUAL);
    }
  }
  ParseColumnAttributes(column);
  return Finish(column, start);
}

Expression* ParserImpl::ParseNow() {
  uint32_t start = Start();
  if (At(T::k_CURRENT_TIMESTAMP) || At(T::k_LOCALTIME) || At(T::k_LOCALTIMESTAMP)) return ParseKeywordFunction();
  if (!AtWord("NOW") || Kind(1) != T::kLeft) FailSyntax();
  Take();
  return ParseCall({}, "now", start, false, true);
}

Expression* ParserImpl::ParseDefaultValue(bool* is_expression) {
  *is_expression = false;
  if (At(T::kLeft)) {
    Take();
    *is_expression = true;
    Expression* value = ParseExpression();
    Expect(T::kRight);
    return value;
  }
  uint32_t start = Start();
  if (At(T::kMinus) || At(T::kPlus)) {
    if (Kind(1) != T::kInteger && Kind(1) != T::kDecimal && Kind(1) != T::kFloat) FailSyntaxAt(Peek(1).offset);
    bool negative = Take().token == T::kMinus;
    Expression* literal = ParseLiteral();
    if (!negative) return literal;
    auto* node = New<Unary>();
    node->op = UnaryOperator::kNegate;
    node->operand = literal;
    return Finish(node, start);
  }
  if (At(T::k_CURRENT_TIMESTAMP) || At(T::k_LOCALTIME) || At(T::k_LOCALTIMESTAMP) ||
      (AtWord("NOW") && Kind(1) == T::kLeft)) {
    return ParseNow();
  }
  switch (Kind()) {
    case T::kInteger: case T::kDecimal: case T::kFloat: case T::kString: case T::kNationalString: case T::kHex:
    case T::kBit: case T::k_NULL: case T::k_TRUE: case T::k_FALSE: return ParseLiteral();
    case T::k_DATE: case T::k_TIME: case T::k_TIMESTAMP:
      if (Kind(1) == T::kString) return ParseNameExpression();
      FailSyntax();
    case T::kIdentifier: {
      // Only an introduced literal.
      Expression* value = nullptr;
      if (Peek().text[0] == '_') value = ParseNameExpression();
      if (value == nullptr || value->kind != ExpressionKind::kIntroducer) FailSyntax();
      return value;
    }
    default: FailSyntax();
  }
}

void ParserImpl::ParseColumnAttributes(ColumnDefinition* column) {
  ListBuilder<CheckDefinition> checks;
  while (true) {
    switch (Kind()) {
      case T::k_NULL: Take(); column->is_nullable = Tristate::kYes; break;
      case T::k_NOT:
        Take();
        Expect(T::k_NULL);
        column->is_nullable = Tristate::kNo;
        break;
      case T::k_DEFAULT:
        Take();
        column->default_value = ParseDefaultValue(&column->default_is_expression);
        break;
      case T::k_ON:
        Take();
        Expect(T::k_UPDATE);
        column->on_update = ParseNow();
        break;
      case T::k_AUTO_INCREMENT: Take(); column->is_auto_increment = true; break;
      case T::k_SERIAL:
        Take();
        Expect(T::k_DEFAULT, T::k_VALUE);
        column->is_serial_default = true;
        break;
      case T::k_PRIMARY:
        Take();
        Expect(T::k_KEY);
        if (column->key == ColumnKey::kUnique) column->has_unique = true;
        column->key = ColumnKey::kPrimary;
        break;
      case T::k_KEY:
        Take();
        column->key = ColumnKey::kPrimary;
        break;
      case T::k_UNIQUE:
        Take();
        Accept(T::k_KEY);
        if (column->key == ColumnKey::kPrimary) {
          column->has_unique = true;
        } else {
          column->key = ColumnKey::kUnique;
        }
        break;
      case T::k_COMMENT: Take(); column->comment = ParseStringLiteral(); break;
      case T::k_COLLATE: Take(); column->type->collation = ParseCollationName(); break;
      case T::k_VISIBLE: Take(); column->is_visible = Tristate::kYes; break;
      case T::k_INVISIBLE: Take(); column->is_visible = Tristate::kNo; break;
      case T::k_COLUMN_FORMAT:
        Take();
        column->format = At(T::k_FIXED)     ? ColumnFormat::kFixed
                         : At(T::k_DYNAMIC) ? ColumnFormat::kDynamic
                                            : ColumnFormat::kDefault;
        if (!Accept(T::k_FIXED) && !Accept(T::k_DYNAMIC)) Expect(T::k_DEFAULT);
        break;
      case T::k_STORAGE:
        Take();
        column->storage = At(T::k_DISK)     ? ColumnStorage::kDisk
                          : At(T::k_MEMORY) ? ColumnStorage::kMemory
                                            : ColumnStorage::kDefault;
        if (!Accept(T::k_DISK) && !Accept(T::k_MEMORY)) Expect(T::k_DEFAULT);
        break;
      case T::k_ENGINE_ATTRIBUTE:
        Take();
        Accept(T::kEqual);
        column->engine_attribute = ParseStringLiteral();
        break;
      case T::k_SECONDARY_ENGINE_ATTRIBUTE:
        Take();
        Accept(T::kEqual);
        column->secondary_engine_attribute = ParseStringLiteral();
        break;
      case T::k_SRID:
        Take();
        column->type->srid = static_cast<uint32_t>(ParseUnsigned());
        break;
      case T::k_CONSTRAINT: {
        Take();
        std::string_view name;
        if (AtName()) name = ParseName();
        checks.Add(ParseCheck(name));
        break;
      }
      case T::k_CHECK: checks.Add(ParseCheck({})); break;
      case T::k_REFERENCES: {
        auto* key = New<ForeignKeyDefinition>();
        ParseReferences(key);
        column->references = key;
        break;
      }
      default:
        column->checks = checks.Finish(arena_);
        return;
    }
  }
}

CheckDefinition ParserImpl::ParseCheck(std::string_view constraint_name) {
  CheckDefinition check;
  check.name = constraint_name;
  Expect(T::k_CHECK, T::kLeft);
  check.expression = ParseExpression();
  Expect(T::kRight);
  if (At(T::k_NOT) && Kind(1) == T::k_ENFORCED) {
    Skip(2);
    check.is_enforced = false;
  } else {
    Accept(T::k_ENFORCED);
  }
  return check;
}

List<KeyPart> ParserImpl::ParseKeyParts() {
  Expect(T::kLeft);
  ListBuilder<KeyPart> parts;
  do {
    KeyPart part;
    if (At(T::kLeft)) {
      Take();
      part.expression = ParseExpression();
      Expect(T::kRight);
    } else {
      part.column = ParseName();
      if (Accept(T::kLeft)) {
        part.prefix_length = ParseUnsigned();
        if (*part.prefix_length == 0) Fail(ER_KEY_PART_0, part.column);
        Expect(T::kRight);
      }
    }
    if (Accept(T::k_DESC)) {
      part.is_descending = true;
    } else {
      Accept(T::k_ASC);
    }
    parts.Add(part);
  } while (Accept(T::kComma));
  Expect(T::kRight);
  return parts.Finish(arena_);
}

bool ParserImpl::ParseIndexType(IndexDefinition* index) {
  if (!At(T::k_USING) && !(At(T::k_TYPE) && (Kind(1) == T::k_BTREE || Kind(1) == T::k_HASH || Kind(1) == T::k_RTREE))) {
    return false;
  }
  Take();
  if (Accept(T::k_BTREE)) {
    index->algorithm = IndexAlgorithm::kBtree;
  } else if (Accept(T::k_HASH)) {
    index->algorithm = IndexAlgorithm::kHash;
  } else {
    Expect(T::k_RTREE);
    index->algorithm = IndexAlgorithm::kRtree;
  }
  return true;
}

void ParserImpl::ParseIndexOptions(IndexDefinition* index) {
  while (true) {
    if (ParseIndexType(index)) continue;
    switch (Kind()) {
      case T::k_KEY_BLOCK_SIZE:
        Take();
        Accept(T::kEqual);
        index->key_block_size = ParseUnsigned();
        break;
      case T::k_COMMENT: Take(); index->comment = ParseStringLiteral(); break;
      case T::k_VISIBLE: Take(); index->is_visible = Tristate::kYes; break;
      case T::k_INVISIBLE: Take(); index->is_visible = Tristate::kNo; break;
      case T::k_WITH:
        Take();
        Expect(T::k_PARSER);
        index->parser = ParseName();
        break;
      case T::k_ENGINE_ATTRIBUTE:
        Take();
        Accept(T::kEqual);
        index->engine_attribute = ParseStringLiteral();
        break;
      case T::k_SECONDARY_ENGINE_ATTRIBUTE:
        Take();
        Accept(T::kEqual);
        index->secondary_engine_attribute = ParseStringLiteral();
        break;
      case T::k_WHERE:
        Take();
        index->where = ParseExpression();
        break;
      default: return;
    }
  }
}

IndexDefinition* ParserImpl::ParseIndexDefinition(std::string_view constraint_name) {
  uint32_t start = Start();
  auto* index = New<IndexDefinition>();
  index->constraint_name = constraint_name;
  switch (Take().token) {
    case T::k_PRIMARY:
      Expect(T::k_KEY);
      index->kind = IndexKind::kPrimary;
      break;
    case T::k_UNIQUE:
      if (!Accept(T::k_KEY)) Accept(T::k_INDEX);
      index->kind = IndexKind::kUnique;
      break;
    case T::k_FULLTEXT:
      if (!Accept(T::k_KEY)) Accept(T::k_INDEX);
      index->kind = IndexKind::kFulltext;
      break;
    case T::k_SPATIAL:
      if (!Accept(T::k_KEY)) Accept(T::k_INDEX);
      index->kind = IndexKind::kSpatial;
      break;
    default: break;
  }
  if (AtName() && !(At(T::k_TYPE) && Kind(1) != T::kLeft && Kind(1) != T::k_USING)) index->name = ParseName();
  ParseIndexType(index);
  index->parts = ParseKeyParts();
  ParseIndexOptions(index);
  return Finish(index, start);
}

ForeignKeyDefinition* ParserImpl::ParseForeignKey(std::string_view constraint_name) {
  Expect(T::k_FOREIGN, T::k_KEY);
  auto* key = New<ForeignKeyDefinition>();
  key->constraint_name = constraint_name;
  if (AtName()) key->index_name = ParseName();
  List<KeyPart> parts = ParseKeyParts();
  ListBuilder<std::string_view> columns;
  for (const KeyPart& part : parts) {
    if (part.expression != nullptr) FailSyntax();
    columns.Add(part.column);
  }
  key->columns = columns.Finish(arena_);
  ParseReferences(key);
  return key;
}

void ParserImpl::ParseReferences(ForeignKeyDefinition* key) {
  Expect(T::k_REFERENCES);
  key->referenced_table = ParseQualifiedName();
  if (At(T::kLeft)) {
    List<KeyPart> parts = ParseKeyParts();
    ListBuilder<std::string_view> columns;
    for (const KeyPart& part : parts) {
      if (part.expression != nullptr) FailSyntax();
      columns.Add(part.column);
    }
    key->referenced_columns = columns.Finish(arena_);
  }
  if (Accept(T::k_MATCH)) {
    key->match = At(T::k_FULL)      ? MatchKind::kFull
                 : At(T::k_PARTIAL) ? MatchKind::kPartial
                                    : MatchKind::kSimple;
    if (!Accept(T::k_FULL) && !Accept(T::k_PARTIAL)) Expect(T::k_SIMPLE);
  }
  while (At(T::k_ON)) {
    Take();
    ReferentialAction* action = At(T::k_DELETE) ? &key->on_delete : &key->on_update;
    if (*action != ReferentialAction::kUnspecified) FailSyntax();
    if (!Accept(T::k_DELETE)) Expect(T::k_UPDATE);
    if (Accept(T::k_RESTRICT)) {
      *action = ReferentialAction::kRestrict;
    } else if (Accept(T::k_CASCADE)) {
      *action = ReferentialAction::kCascade;
    } else if (Accept(T::k_NO, T::k_ACTION)) {
      *action = ReferentialAction::kNoAction;
    } else {
      Expect(T::k_SET);
      if (Accept(T::k_DEFAULT)) {
        *action = ReferentialAction::kSetDefault;
      } else {
        Expect(T::k_NULL);
        *action = ReferentialAction::kSetNull;
      }
    }
  }
}

// --- Table options and partitions ---------------------------------------------------------------------

bool ParserImpl::ParseTableOption(TableOption* option) {
  *option = {};
  auto text = [&](TableOptionKind kind) {
    Take();
    Accept(T::kEqual);
    option->kind = kind;
    option->text = ParseStringLiteral();
    return true;
  };
  auto name = [&](TableOptionKind kind) {
    Take();
    Accept(T::kEqual);
    option->kind = kind;
    option->text = ParseNameOrString();
    return true;
  };
  auto number = [&](TableOptionKind kind) {
    Take();
    Accept(T::kEqual);
    option->kind = kind;
    option->number = ParseUnsigned();
    return true;
  };
  auto number_or_default = [&](TableOptionKind kind) {
    Take();
    Accept(T::kEqual);
    option->kind = kind;
    if (Accept(T::k_DEFAULT)) {
      option->is_default = true;
    } else {
      option->number = ParseUnsigned();
    }
    return true;
  };
  size_t at = At(T::k_DEFAULT) ? 1 : 0;
  if (Kind(at) == T::k_CHARSET || ((Kind(at) == T::k_CHARACTER || Kind(at) == T::k_CHAR) && Kind(at + 1) == T::k_SET)) {
    Skip(at);
    AcceptCharsetKeyword();
    Accept(T::kEqual);
    option->kind = TableOptionKind::kCharset;
    if (Accept(T::k_DEFAULT)) {
      option->is_default = true;
    } else {
      option->text = ParseCharsetName();
    }
    return true;
  }
  if (Kind(at) == T::k_COLLATE) {
    Skip(at + 1);
    Accept(T::kEqual);
    option->kind = TableOptionKind::kCollation;
    if (Accept(T::k_DEFAULT)) {
      option->is_default = true;
    } else {
      option->text = ParseCollationName();
    }
    return true;
  }
  switch (Kind()) {
    case T::k_ENGINE: return name(TableOptionKind::kEngine);
    case T::k_SECONDARY_ENGINE:
      if (Kind(1) == T::k_NULL || (Kind(1) == T::kEqual && Kind(2) == T::k_NULL)) {
        Take();
        Accept(T::kEqual);
        Take();
        option->kind = TableOptionKind::kSecondaryEngine;
        return true;
      }
      return name(TableOptionKind::kSecondaryEngine);
    case T::k_AUTOEXTEND_SIZE:
      Take();
      Accept(T::kEqual);
      option->kind = TableOptionKind::kAutoextendSize;
      if (At(T::kInteger)) {
        option->number = ParseUnsigned();
      } else {
        option->text = ParseName();
      }
      return true;
    case T::k_AUTO_INCREMENT: return number(TableOptionKind::kAutoIncrement);
    case T::k_AVG_ROW_LENGTH: return number(TableOptionKind::kAvgRowLength);
    case T::k_CHECKSUM:
    case T::k_TABLE_CHECKSUM: return number(TableOptionKind::kChecksum);
    case T::k_COMMENT: return text(TableOptionKind::kComment);
    case T::k_COMPRESSION: return text(TableOptionKind::kCompression);
    case T::k_CONNECTION: return text(TableOptionKind::kConnection);
    case T::k_DATA:
    case T::k_INDEX:
      if (Kind(1) != T::k_DIRECTORY) return false;
      option->kind = Take().token == T::k_DATA ? TableOptionKind::kDataDirectory : TableOptionKind::kIndexDirectory;
      Take();
      Accept(T::kEqual);
      option->text = ParseStringLiteral();
      return true;
    case T::k_DELAY_KEY_WRITE: return number(TableOptionKind::kDelayKeyWrite);
    case T::k_ENCRYPTION: return text(TableOptionKind::kEncryption);
    case T::k_ENGINE_ATTRIBUTE: return text(TableOptionKind::kEngineAttribute);
    case T::k_SECONDARY_ENGINE_ATTRIBUTE: return text(TableOptionKind::kSecondaryEngineAttribute);
    case T::k_INSERT_METHOD:
      Take();
      Accept(T::kEqual);
      option->kind = TableOptionKind::kInsertMethod;
      if (!AtAny({T::k_NO, T::k_FIRST, T::k_LAST})) FailSyntax();
      option->text = KeywordName(Take().token);
      return true;
    case T::k_KEY_BLOCK_SIZE: return number(TableOptionKind::kKeyBlockSize);
    case T::k_MAX_ROWS: return number(TableOptionKind::kMaxRows);
    case T::k_MIN_ROWS: return number(TableOptionKind::kMinRows);
    case T::k_PACK_KEYS: return number_or_default(TableOptionKind::kPackKeys);
    case T::k_PASSWORD: return text(TableOptionKind::kPassword);
    case T::k_ROW_FORMAT:
      Take();
      Accept(T::kEqual);
      option->kind = TableOptionKind::kRowFormat;
      if (!AtAny({T::k_DEFAULT, T::k_FIXED, T::k_DYNAMIC, T::k_COMPRESSED, T::k_REDUNDANT, T::k_COMPACT})) FailSyntax();
      option->is_default = At(T::k_DEFAULT);
      option->text = KeywordName(Take().token);
      return true;
    case T::k_START:
      if (Kind(1) != T::k_TRANSACTION) return false;
      Skip(2);
      option->kind = TableOptionKind::kStartTransaction;
      return true;
    case T::k_STATS_AUTO_RECALC: return number_or_default(TableOptionKind::kStatsAutoRecalc);
    case T::k_STATS_PERSISTENT: return number_or_default(TableOptionKind::kStatsPersistent);
    case T::k_STATS_SAMPLE_PAGES: return number_or_default(TableOptionKind::kStatsSamplePages);
    case T::k_STORAGE:
      Take();
      option->kind = TableOptionKind::kStorage;
      if (!AtAny({T::k_DISK, T::k_MEMORY})) FailSyntax();
      option->text = KeywordName(Take().token);
      return true;
    case T::k_TABLESPACE: return name(TableOptionKind::kTablespace);
    case T::k_UNION:
      Take();
      Accept(T::kEqual);
      option->kind = TableOptionKind::kUnion;
      Expect(T::kLeft);
      if (!At(T::kRight)) option->tables = ParseTableNames();
      Expect(T::kRight);
      return true;
    default: return false;
  }
}

List<TableOption> ParserImpl::ParseTableOptions() {
  ListBuilder<TableOption> options;
  TableOption option;
  while (ParseTableOption(&option)) {
    options.Add(option);
    Accept(T::kComma);
  }
  return options.Finish(arena_);
}

PartitionMethod ParserImpl::ParsePartitionMethod(bool subpartition) {
  PartitionMethod method;
  method.is_linear = Accept(T::k_LINEAR);
  if (Accept(T::k_KEY)) {
    method.kind = PartitionKind::kKey;
    if (Accept(T::k_ALGORITHM)) {
      Expect(T::kEqual);
      method.key_algorithm = ParseUnsigned();
    }
    Expect(T::kLeft);
    if (!At(T::kRight)) method.columns = ParseNameList();
    Expect(T::kRight);
    return method;
  }
  if (!Accept(T::k_HASH)) {
    if (method.is_linear || subpartition || !AtAny({T::k_RANGE, T::k_LIST})) FailSyntax();
    bool range = Take().token == T::k_RANGE;
    method.kind = range ? PartitionKind::kRange : PartitionKind::kList;
    if (Accept(T::k_COLUMNS)) {
      method.kind = range ? PartitionKind::kRangeColumns : PartitionKind::kListColumns;
      method.columns = ParseParenthesizedNames();
      return method;
    }
  }
  Expect(T::kLeft);
  method.expression = ParseBit(1);
  Expect(T::kRight);
  return method;
}

PartitionClause* ParserImpl::ParsePartitionClause() {
  uint32_t start = Start();
  Expect(T::k_PARTITION, T::k_BY);
  auto* clause = New<PartitionClause>();
  clause->method = ParsePartitionMethod(false);
  if (Accept(T::k_PARTITIONS)) clause->partition_count = ParseUnsigned();
  if (Accept(T::k_SUBPARTITION)) {
    Expect(T::k_BY);
    clause->subpartition_method = New<PartitionMethod>();
    *clause->subpartition_method = ParsePartitionMethod(true);
    if (Accept(T::k_SUBPARTITIONS)) clause->subpartition_count = ParseUnsigned();
  }
  if (At(T::kLeft) && Kind(1) == T::k_PARTITION) clause->partitions = ParsePartitionDefinitions();
  return Finish(clause, start);
}

List<PartitionDefinition> ParserImpl::ParsePartitionDefinitions() {
  Expect(T::kLeft);
  ListBuilder<PartitionDefinition> partitions;
  do {
    partitions.Add(ParsePartitionDefinition(false));
  } while (Accept(T::kComma));
  Expect(T::kRight);
  return partitions.Finish(arena_);
}

PartitionDefinition ParserImpl::ParsePartitionDefinition(bool subpartition) {
  PartitionDefinition partition;
  Expect(subpartition ? T::k_SUBPARTITION : T::k_PARTITION);
  partition.name = subpartition ? ParseNameOrString() : ParseName();
  auto value = [&] {
    PartitionValue result;
    if (!Accept(T::k_MAXVALUE)) result.expression = ParseBit(1);
    return result;
  };
  auto row = [&] {
    Expect(T::kLeft);
    ListBuilder<PartitionValue> values;
    do {
      values.Add(value());
    } while (Accept(T::kComma));
    Expect(T::kRight);
    return values.Finish(arena_);
  };
  if (!subpartition && Accept(T::k_VALUES)) {
    ListBuilder<List<PartitionValue>> values;
    if (Accept(T::k_IN)) {
      partition.is_in = true;
      Expect(T::kLeft);
      do {
        if (At(T::kLeft)) {
          values.Add(row());
        } else {
          ListBuilder<PartitionValue> one;
          one.Add(value());
          values.Add(one.Finish(arena_));
        }
      } while (Accept(T::kComma));
      Expect(T::kRight);
    } else {
      Expect(T::k_LESS, T::k_THAN);
      partition.is_less_than = true;
      if (Accept(T::k_MAXVALUE)) {
        partition.is_max_value = true;
      } else {
        values.Add(row());
      }
    }
    partition.values = values.Finish(arena_);
  }
  partition.options = ParsePartitionOptions();
  if (!subpartition && At(T::kLeft)) {
    Take();
    ListBuilder<PartitionDefinition> subpartitions;
    do {
      subpartitions.Add(ParsePartitionDefinition(true));
    } while (Accept(T::kComma));
    Expect(T::kRight);
    partition.subpartitions = subpartitions.Finish(arena_);
  }
  return partition;
}

List<PartitionOption> ParserImpl::ParsePartitionOptions() {
  ListBuilder<PartitionOption> options;
  while (true) {
    PartitionOption option;
    if (At(T::k_STORAGE) && Kind(1) == T::k_ENGINE) Take();
    switch (Kind()) {
      case T::k_ENGINE:
      case T::k_TABLESPACE:
        option.name = KeywordName(Take().token);
        Accept(T::kEqual);
        option.text = ParseNameOrString();
        break;
      case T::k_COMMENT:
        option.name = KeywordName(Take().token);
        Accept(T::kEqual);
        option.text = ParseStringLiteral();
        break;
      case T::k_DATA:
      case T::k_INDEX:
        option.name = Take().token == T::k_DATA ? "DATA DIRECTORY" : "INDEX DIRECTORY";
        Expect(T::k_DIRECTORY);
        Accept(T::kEqual);
        option.text = ParseStringLiteral();
        break;
      case T::k_MAX_ROWS:
      case T::k_MIN_ROWS:
      case T::k_NODEGROUP:
        option.name = KeywordName(Take().token);
        Accept(T::kEqual);
        option.number = ParseUnsigned();
        break;
      default: return options.Finish(arena_);
    }
    options.Add(option);
  }
}

// --- ALTER --------------------------------------------------------------------------------------------

Statement* ParserImpl::ParseAlter() {
  Expect(T::k_ALTER);
  switch (Kind()) {
    case T::k_TABLE: return ParseAlterTable();
    case T::k_DATABASE:
    case T::k_SCHEMA: {
      Take();
      auto* statement = New<AlterDatabaseStatement>();
      bool option_follows = AtAny({T::k_ENCRYPTION, T::k_CHARSET}) && (Kind(1) == T::kEqual || Kind(1) == T::kString);
      if (AtName() && !option_follows) statement->name = ParseName();
      uint32_t start = Start();
      ParseDatabaseOptions(&statement->options);
      if (Start() == start) FailSyntax();
      return statement;
    }
    case T::k_ALGORITHM:
    case T::k_VIEW:
    case T::k_SQL: return ParseCreateView(false, true);
    case T::k_DEFINER: {
      AccountName* definer = ParseDefiner();
      if (At(T::k_EVENT)) return ParseEvent(true, false, definer);
      Statement* view = ParseCreateView(false, true);
      view->As<CreateViewStatement>()->definer = definer;
      return view;
    }
    case T::k_EVENT: return ParseEvent(true, false, nullptr);
    case T::k_PROCEDURE:
    case T::k_FUNCTION: {
      auto* statement = New<AlterRoutineStatement>();
      statement->is_function = Take().token == T::k_FUNCTION;
      statement->name = ParseQualifiedName();
      ParseCharacteristics(&statement->characteristics);
      return statement;
    }
    case T::k_USER: return ParseAlterUser();
    case T::k_INSTANCE: return ParseAlterInstance();
    case T::k_UNDO:
    case T::k_LOGFILE:
    case T::k_TABLESPACE: return ParseTablespace(DdlVerb::kAlter);
    case T::k_SERVER: return ParseServer(DdlVerb::kAlter);
    case T::k_RESOURCE: return ParseResourceGroup(DdlVerb::kAlter);
    default: FailSyntax();
  }
}

bool ParserImpl::ParseAlgorithmOrLock(AlterAlgorithm* algorithm, AlterLock* lock, bool* has_algorithm,
                                      bool* has_lock) {
  if (At(T::k_ALGORITHM)) {
    Take();
    Accept(T::kEqual);
    *has_algorithm = true;
    if (Accept(T::k_DEFAULT)) {
      *algorithm = AlterAlgorithm::kDefault;
    } else if (AcceptWord("INSTANT")) {
      *algorithm = AlterAlgorithm::kInstant;
    } else if (AcceptWord("INPLACE")) {
      *algorithm = AlterAlgorithm::kInplace;
    } else if (AcceptWord("COPY")) {
      *algorithm = AlterAlgorithm::kCopy;
    } else {
      if (!AtName()) FailSyntax();
      Fail(ER_UNKNOWN_ALTER_ALGORITHM, Peek().text);
    }
    return true;
  }
  if (At(T::k_LOCK) && Kind(1) != T::k_TABLES) {
    Take();
    Accept(T::kEqual);
    *has_lock = true;
    if (Accept(T::k_DEFAULT)) {
      *lock = AlterLock::kDefault;
    } else if (AcceptWord("NONE")) {
      *lock = AlterLock::kNone;
    } else if (AcceptWord("SHARED")) {
      *lock = AlterLock::kShared;
    } else if (AcceptWord("EXCLUSIVE")) {
      *lock = AlterLock::kExclusive;
    } else {
      if (!AtName()) FailSyntax();
      Fail(ER_UNKNOWN_ALTER_LOCK, Peek().text);
    }
    return true;
  }
  return false;
}

Statement* ParserImpl::ParseAlterTable() {
  Expect(T::k_TABLE);
  auto* statement = New<AlterTableStatement>();
  statement->table = ParseQualifiedName();
  ListBuilder<AlterAction*> actions;
  if (At(T::kEnd) || At(T::kSemicolon)) return statement;
  while (true) {
    if (ParseAlgorithmOrLock(&statement->algorithm, &statement->lock, &statement->has_algorithm,
                             &statement->has_lock)) {
    } else if ((At(T::k_WITH) || At(T::k_WITHOUT)) && Kind(1) == T::k_VALIDATION) {
      statement->validation = Take().token == T::k_WITH ? Tristate::kYes : Tristate::kNo;
      Take();
    } else if (At(T::k_PARTITION) && !actions.empty()) {
      actions.Add(ParseAlterAction());
      break;
    } else {
      actions.Add(ParseAlterAction());
      for (size_t i = 0; i < extra_actions_.size(); ++i) {
        if (extra_actions_[i] != actions.back()) actions.Add(extra_actions_[i]);
      }
      extra_actions_.clear();
      // Partitioning may follow the other actions without a comma.
      if (At(T::k_PARTITION) || At(T::k_REMOVE)) {
        actions.Add(ParseAlterAction());
        break;
      }
    }
    if (!Accept(T::kComma)) {
      if (At(T::k_PARTITION) && !actions.empty()) continue;
      break;
    }
  }
  statement->actions = actions.Finish(arena_);
  return statement;
}

void ParserImpl::ParseColumnPosition(AlterAction* action) {
  if (Accept(T::k_FIRST)) {
    action->position = ColumnPosition::kFirst;
  } else if (Accept(T::k_AFTER)) {
    action->position = ColumnPosition::kAfter;
    action->after = ParseName();
  }
}

// An index, foreign key or CHECK behind ADD.
AlterAction* ParserImpl::ParseAddedConstraint() {
  auto* action = New<AlterAction>();
  std::string_view name;
  bool is_constraint = Accept(T::k_CONSTRAINT);
  if (is_constraint && AtName()) name = ParseName();
  if (At(T::k_FOREIGN)) {
    action->kind = AlterActionKind::kAddForeignKey;
    action->foreign_key = ParseForeignKey(name);
  } else if (At(T::k_CHECK)) {
    action->kind = AlterActionKind::kAddCheck;
    action->check = New<CheckDefinition>();
    *action->check = ParseCheck(name);
  } else {
    if (is_constraint && !AtAny({T::k_PRIMARY, T::k_UNIQUE})) FailSyntax();
    action->kind = AlterActionKind::kAddIndex;
    action->index = ParseIndexDefinition(name);
  }
  return action;
}

AlterAction* ParserImpl::ParseAlterAction() {
  auto* action = New<AlterAction>();
  auto add_column = [&] {
    ListBuilder<ColumnDefinition*> columns;
    uint32_t start = Start();
    std::string_view name = ParseName();
    action->column = ParseColumnDefinition(name, start);
    columns.Add(action->column);
    action->columns = columns.Finish(arena_);
  };
  auto partition_names = [&] {
    if (Accept(T::k_ALL)) {
      action->all_partitions = true;
    } else {
      action->partitions = ParseNameList();
    }
  };
  TableOption option;
  switch (Kind()) {
    case T::k_ADD: {
      Take();
      if (At(T::k_PARTITION)) {
        Take();
        action->kind = AlterActionKind::kAddPartition;
        Accept(T::k_NO_WRITE_TO_BINLOG) || Accept(T::k_LOCAL);
        if (Accept(T::k_PARTITIONS)) {
          action->partition_count = ParseUnsigned();
        } else {
          action->partition_definitions = ParsePartitionDefinitions();
        }
        return action;
      }
      if (AtIndexDefinition() || AtAny({T::k_FOREIGN, T::k_CHECK, T::k_CONSTRAINT})) return ParseAddedConstraint();
      Accept(T::k_COLUMN);
      action->kind = AlterActionKind::kAddColumn;
      action->if_not_exists = ParseIfNotExists();
      if (Accept(T::kLeft)) {
        // The list may hold keys and constraints too: they become actions of their own behind this one.
        ListBuilder<ColumnDefinition*> columns;
        do {
          if (AtIndexDefinition() || AtAny({T::k_FOREIGN, T::k_CHECK, T::k_CONSTRAINT})) {
            extra_actions_.Add(ParseAddedConstraint());
            continue;
          }
          uint32_t start = Start();
          std::string_view name = ParseName();
          columns.Add(ParseColumnDefinition(name, start));
        } while (Accept(T::kComma));
        Expect(T::kRight);
        if (columns.empty()) {
          AlterAction* only = extra_actions_[0];
          return only;
        }
        action->columns = columns.Finish(arena_);
        action->column = action->columns[0];
      } else {
        add_column();
        ParseColumnPosition(action);
      }
      return action;
    }
    case T::k_MODIFY: {
      Take();
      Accept(T::k_COLUMN);
      action->kind = AlterActionKind::kModifyColumn;
      action->if_exists = ParseIfExists();
      uint32_t start = Start();
      std::string_view name = ParseName();
      action->column = ParseColumnDefinition(name, start);
      ParseColumnPosition(action);
      return action;
    }
    case T::k_CHANGE: {
      Take();
      Accept(T::k_COLUMN);
      action->kind = AlterActionKind::kChangeColumn;
      action->if_exists = ParseIfExists();
      action->old_name = ParseName();
      uint32_t start = Start();
      std::string_view name = ParseName();
      action->column = ParseColumnDefinition(name, start);
      ParseColumnPosition(action);
      return action;
    }
    case T::k_DROP:
      Take();
      switch (Kind()) {
        case T::k_PRIMARY:
          Take();
          Expect(T::k_KEY);
          action->kind = AlterActionKind::kDropPrimaryKey;
          return action;
        case T::k_FOREIGN:
          Take();
          Expect(T::k_KEY);
          action->kind = AlterActionKind::kDropForeignKey;
          action->if_exists = ParseIfExists();
          break;
        case T::k_INDEX:
        case T::k_KEY:
          Take();
          action->kind = AlterActionKind::kDropIndex;
          action->if_exists = ParseIfExists();
          if (Accept(T::k_PRIMARY)) {
            action->name = "PRIMARY";
            return action;
          }
          break;
        case T::k_CHECK: Take(); action->kind = AlterActionKind::kDropCheck; break;
        case T::k_CONSTRAINT:
          Take();
          action->kind = AlterActionKind::kDropConstraint;
          action->if_exists = ParseIfExists();
          if (Accept(T::k_PRIMARY)) {
            action->name = "PRIMARY";
            return action;
          }
          break;
        case T::k_PARTITION:
          Take();
          action->kind = AlterActionKind::kDropPartition;
          action->if_exists = ParseIfExists();
          action->partitions = ParseNameList();
          return action;
        default:
          Accept(T::k_COLUMN);
          action->kind = AlterActionKind::kDropColumn;
          action->if_exists = ParseIfExists();
          action->name = ParseName();
          if (!Accept(T::k_RESTRICT)) Accept(T::k_CASCADE);
          return action;
      }
      action->name = ParseName();
      return action;
    case T::k_ALTER:
      Take();
      if (Accept(T::k_INDEX)) {
        action->kind = AlterActionKind::kAlterIndexVisibility;
        action->name = ParseName();
        action->is_visible = At(T::k_VISIBLE);
        if (!Accept(T::k_VISIBLE)) Expect(T::k_INVISIBLE);
        return action;
      }
      if (At(T::k_CHECK) || At(T::k_CONSTRAINT)) {
        action->kind = Take().token == T::k_CHECK ? AlterActionKind::kAlterCheck : AlterActionKind::kAlterConstraint;
        action->name = ParseName();
        action->is_enforced = !Accept(T::k_NOT);
        Expect(T::k_ENFORCED);
        return action;
      }
      Accept(T::k_COLUMN);
      action->name = ParseName();
      if (Accept(T::k_DROP)) {
        Expect(T::k_DEFAULT);
        action->kind = AlterActionKind::kDropDefault;
        return action;
      }
      Expect(T::k_SET);
      if (Accept(T::k_DEFAULT)) {
        action->kind = AlterActionKind::kSetDefault;
        action->default_value = ParseDefaultValue(&action->default_is_expression);
      } else {
        action->kind = AlterActionKind::kSetColumnVisibility;
        action->is_visible = At(T::k_VISIBLE);
        if (!Accept(T::k_VISIBLE)) Expect(T::k_INVISIBLE);
      }
      return action;
    case T::k_RENAME:
      Take();
      if (At(T::k_COLUMN)) {
        Take();
        action->kind = AlterActionKind::kRenameColumn;
        action->old_name = ParseName();
        Expect(T::k_TO);
        action->name = ParseName();
      } else if (At(T::k_INDEX) || At(T::k_KEY)) {
        Take();
        action->kind = AlterActionKind::kRenameIndex;
        action->old_name = ParseName();
        Expect(T::k_TO);
        action->name = ParseName();
      } else {
        action->kind = AlterActionKind::kRenameTable;
        if (!Accept(T::k_TO) && !Accept(T::k_AS)) Accept(T::kEqual);
        action->table = ParseQualifiedName();
      }
      return action;
    case T::k_CONVERT:
      Take();
      Expect(T::k_TO);
      if (!AcceptCharsetKeyword()) FailSyntax();
      action->kind = AlterActionKind::kConvertCharset;
      if (!Accept(T::k_DEFAULT)) action->charset = ParseCharsetName();
      if (Accept(T::k_COLLATE)) {
        Accept(T::kEqual);
        action->collation = ParseCollationName();
      }
      return action;
    case T::k_ORDER:
      Take();
      Expect(T::k_BY);
      action->kind = AlterActionKind::kOrderBy;
      action->order_by = ParseOrderItems();
      return action;
    case T::k_ENABLE:
    case T::k_DISABLE:
      action->kind = Take().token == T::k_ENABLE ? AlterActionKind::kEnableKeys : AlterActionKind::kDisableKeys;
      Expect(T::k_KEYS);
      return action;
    case T::k_FORCE: Take(); action->kind = AlterActionKind::kForce; return action;
    case T::k_DISCARD:
    case T::k_IMPORT:
      action->kind =
          Take().token == T::k_DISCARD ? AlterActionKind::kDiscardTablespace : AlterActionKind::kImportTablespace;
      if (Accept(T::k_PARTITION)) partition_names();
      Expect(T::k_TABLESPACE);
      return action;
    case T::k_SECONDARY_LOAD: Take(); action->kind = AlterActionKind::kSecondaryLoad; return action;
    case T::k_SECONDARY_UNLOAD: Take(); action->kind = AlterActionKind::kSecondaryUnload; return action;
    case T::k_PARTITION:
      action->kind = AlterActionKind::kPartitionBy;
      action->partition = ParsePartitionClause();
      return action;
    case T::k_REMOVE:
      Take();
      Expect(T::k_PARTITIONING);
      action->kind = AlterActionKind::kRemovePartitioning;
      return action;
    case T::k_COALESCE:
      Take();
      Expect(T::k_PARTITION);
      action->kind = AlterActionKind::kCoalescePartition;
      Accept(T::k_NO_WRITE_TO_BINLOG) || Accept(T::k_LOCAL);
      action->partition_count = ParseUnsigned();
      return action;
    case T::k_REORGANIZE:
      Take();
      Expect(T::k_PARTITION);
      action->kind = AlterActionKind::kReorganizePartition;
      Accept(T::k_NO_WRITE_TO_BINLOG) || Accept(T::k_LOCAL);
      if (AtName()) {
        action->partitions = ParseNameList();
        Expect(T::k_INTO);
        action->partition_definitions = ParsePartitionDefinitions();
      }
      return action;
    case T::k_EXCHANGE: {
      Take();
      Expect(T::k_PARTITION);
      action->kind = AlterActionKind::kExchangePartition;
      ListBuilder<std::string_view> names;
      names.Add(ParseName());
      action->partitions = names.Finish(arena_);
      Expect(T::k_WITH, T::k_TABLE);
      action->table = ParseQualifiedName();
      if (At(T::k_WITH) || At(T::k_WITHOUT)) {
        action->with_validation = Take().token == T::k_WITH;
        Expect(T::k_VALIDATION);
      }
      return action;
    }
    case T::k_TRUNCATE:
    case T::k_ANALYZE:
    case T::k_CHECK:
    case T::k_OPTIMIZE:
    case T::k_REBUILD:
    case T::k_REPAIR:
      switch (Take().token) {
        case T::k_TRUNCATE: action->kind = AlterActionKind::kTruncatePartition; break;
        case T::k_ANALYZE: action->kind = AlterActionKind::kAnalyzePartition; break;
        case T::k_CHECK: action->kind = AlterActionKind::kCheckPartition; break;
        case T::k_OPTIMIZE: action->kind = AlterActionKind::kOptimizePartition; break;
        case T::k_REBUILD: action->kind = AlterActionKind::kRebuildPartition; break;
        default: action->kind = AlterActionKind::kRepairPartition; break;
      }
      Expect(T::k_PARTITION);
      Accept(T::k_NO_WRITE_TO_BINLOG) || Accept(T::k_LOCAL);
      partition_names();
      while (AtAny({T::k_QUICK, T::k_FAST, T::k_MEDIUM, T::k_EXTENDED, T::k_CHANGED, T::k_USE_FRM})) Take();
      return action;
    default: {
      // Table options; several may follow without commas.
      ListBuilder<TableOption> options;
      while (ParseTableOption(&option)) {
        options.Add(option);
        if (At(T::kComma)) break;
      }
      if (options.empty()) FailSyntax();
      action->kind = AlterActionKind::kOptions;
      action->options = options.Finish(arena_);
      return action;
    }
  }
}

// --- DROP, RENAME, TRUNCATE ---------------------------------------------------------------------------

Statement* ParserImpl::ParseDrop() {
  Expect(T::k_DROP);
  switch (Kind()) {
    case T::k_TEMPORARY:
    case T::k_TABLE:
    case T::k_TABLES: {
      auto* statement = New<DropTableStatement>();
      statement->is_temporary = Accept(T::k_TEMPORARY);
      if (!Accept(T::k_TABLES)) Expect(T::k_TABLE);
      statement->if_exists = ParseIfExists();
      statement->tables = ParseTableNames();
      if (!Accept(T::k_RESTRICT)) Accept(T::k_CASCADE);
      return statement;
    }
    case T::k_DATABASE:
    case T::k_SCHEMA: {
      Take();
      auto* statement = New<DropDatabaseStatement>();
      statement->if_exists = ParseIfExists();
      statement->name = ParseName();
      return statement;
    }
    case T::k_INDEX: {
      Take();
      auto* statement = New<DropIndexStatement>();
      statement->if_exists = ParseIfExists();
      statement->name = Accept(T::k_PRIMARY) ? "PRIMARY" : ParseName();
      Expect(T::k_ON);
      statement->table = ParseQualifiedName();
      bool has_algorithm = false, has_lock = false;
      while (ParseAlgorithmOrLock(&statement->algorithm, &statement->lock, &has_algorithm, &has_lock)) {
      }
      return statement;
    }
    case T::k_VIEW: {
      Take();
      auto* statement = New<DropViewStatement>();
      statement->if_exists = ParseIfExists();
      statement->views = ParseTableNames();
      statement->is_restrict = Accept(T::k_RESTRICT);
      statement->is_cascade = Accept(T::k_CASCADE);
      return statement;
    }
    case T::k_PROCEDURE:
    case T::k_FUNCTION: {
      auto* statement = New<DropRoutineStatement>();
      statement->is_function = Take().token == T::k_FUNCTION;
      statement->if_exists = ParseIfExists();
      statement->name = ParseQualifiedName();
      return statement;
    }
    case T::k_TRIGGER: {
      Take();
      auto* statement = New<DropTriggerStatement>();
      statement->if_exists = ParseIfExists();
      statement->name = ParseQualifiedName();
      return statement;
    }
    case T::k_EVENT: {
      Take();
      auto* statement = New<DropEventStatement>();
      statement->if_exists = ParseIfExists();
      statement->name = ParseQualifiedName();
      return statement;
    }
    case T::k_USER: {
      Take();
      auto* statement = New<DropUserStatement>();
      statement->if_exists = ParseIfExists();
      statement->users = ParseAccountList();
      return statement;
    }
    case T::k_ROLE: {
      Take();
      auto* statement = New<DropRoleStatement>();
      statement->if_exists = ParseIfExists();
      statement->roles = ParseAccountList();
      return statement;
    }
    case T::k_PREPARE: {
      Take();
      auto* statement = New<DeallocateStatement>();
      statement->name = ParseName();
      return statement;
    }
    case T::k_UNDO:
    case T::k_LOGFILE:
    case T::k_TABLESPACE: return ParseTablespace(DdlVerb::kDrop);
    case T::k_SERVER: return ParseServer(DdlVerb::kDrop);
    case T::k_RESOURCE: return ParseResourceGroup(DdlVerb::kDrop);
    case T::k_SPATIAL: return ParseSpatialReferenceSystem(DdlVerb::kDrop, false);
    default: FailSyntax();
  }
}

Statement* ParserImpl::ParseRename() {
  Expect(T::k_RENAME);
  if (Accept(T::k_USER)) {
    auto* statement = New<RenameUserStatement>();
    ListBuilder<RenamePair> renames;
    do {
      RenamePair pair;
      pair.from = ParseAccount();
      Expect(T::k_TO);
      pair.to = ParseAccount();
      renames.Add(pair);
    } while (Accept(T::kComma));
    statement->renames = renames.Finish(arena_);
    return statement;
  }
  if (!Accept(T::k_TABLES)) Expect(T::k_TABLE);
  auto* statement = New<RenameTableStatement>();
  ListBuilder<TableRename> renames;
  do {
    TableRename rename;
    rename.from = ParseQualifiedName();
    Expect(T::k_TO);
    rename.to = ParseQualifiedName();
    renames.Add(rename);
  } while (Accept(T::kComma));
  statement->renames = renames.Finish(arena_);
  return statement;
}

Statement* ParserImpl::ParseTruncate() {
  Expect(T::k_TRUNCATE);
  Accept(T::k_TABLE);
  auto* statement = New<TruncateTableStatement>();
  statement->table = ParseQualifiedName();
  return statement;
}

// --- Indexes and views --------------------------------------------------------------------------------

Statement* ParserImpl::ParseCreateIndex() {
  auto* statement = New<CreateIndexStatement>();
  uint32_t start = Start();
  auto* index = New<IndexDefinition>();
  if (Accept(T::k_UNIQUE)) {
    index->kind = IndexKind::kUnique;
  } else if (Accept(T::k_FULLTEXT)) {
    index->kind = IndexKind::kFulltext;
  } else if (Accept(T::k_SPATIAL)) {
    index->kind = IndexKind::kSpatial;
  }
  Expect(T::k_INDEX);
  statement->if_not_exists = ParseIfNotExists();
  index->name = ParseName();
  ParseIndexType(index);
  Expect(T::k_ON);
  statement->table = ParseQualifiedName();
  index->parts = ParseKeyParts();
  ParseIndexOptions(index);
  statement->index = Finish(index, start);
  bool has_algorithm = false, has_lock = false;
  while (ParseAlgorithmOrLock(&statement->algorithm, &statement->lock, &has_algorithm, &has_lock)) {
  }
  return statement;
}

Statement* ParserImpl::ParseCreateView(bool or_replace, bool is_alter) {
  auto* statement = New<CreateViewStatement>();
  statement->or_replace = or_replace;
  statement->is_alter = is_alter;
  if (Accept(T::k_ALGORITHM)) {
    Expect(T::kEqual);
    statement->algorithm = At(T::k_MERGE)       ? ViewAlgorithm::kMerge
                           : At(T::k_TEMPTABLE) ? ViewAlgorithm::kTemptable
                                                : ViewAlgorithm::kUndefined;
    if (!Accept(T::k_MERGE) && !Accept(T::k_TEMPTABLE)) Expect(T::k_UNDEFINED);
  }
  if (At(T::k_DEFINER)) statement->definer = ParseDefiner();
  if (Accept(T::k_SQL)) {
    Expect(T::k_SECURITY);
    statement->is_security_invoker = At(T::k_INVOKER);
    if (!Accept(T::k_INVOKER)) Expect(T::k_DEFINER);
  }
  Expect(T::k_VIEW);
  statement->if_not_exists = ParseIfNotExists();
  statement->name = ParseQualifiedName();
  if (At(T::kLeft)) statement->columns = ParseParenthesizedNames();
  Expect(T::k_AS);
  statement->query = ParseQueryExpression();
  if (statement->query->into != nullptr) Fail(ER_VIEW_SELECT_CLAUSE, "INTO");
  if (Accept(T::k_WITH)) {
    statement->check_option = Accept(T::k_LOCAL) ? CheckOption::kLocal : CheckOption::kCascaded;
    if (statement->check_option == CheckOption::kCascaded) Accept(T::k_CASCADED);
    Expect(T::k_CHECK, T::k_OPTION);
  }
  return statement;
}

// --- Stored programs ----------------------------------------------------------------------------------

bool ParserImpl::AtBlockStart(size_t n) {
  switch (Kind(n)) {
    case T::k_BEGIN:
    case T::k_IF:
    case T::k_CASE:
    case T::k_LOOP:
    case T::k_WHILE:
    case T::k_REPEAT: return true;
    default: return false;
  }
}

// The text of a stored program's body: one statement, which may be a block with semicolons inside. Blocks are
// matched by their keywords; the statements within are parsed by routine/.
SourceRange ParserImpl::TakeBody() {
  uint32_t start = Start();
  if (At(T::kEnd) || At(T::kSemicolon)) FailSyntax();
  // Kinds of open blocks: 'B' BEGIN, 'I' IF, 'C' CASE, 'L' LOOP, 'W' WHILE, 'R' REPEAT, 'E' a CASE expression.
  std::string blocks;
  bool statement_start = true;
  while (true) {
    T kind = Kind();
    if (kind == T::kEnd) {
      if (!blocks.empty()) FailSyntax();
      break;
    }
    if (kind == T::kInvalid) FailSyntax();
    if (kind == T::kSemicolon) {
      if (blocks.empty()) break;
      Take();
      statement_start = true;
      continue;
    }
    if (statement_start && AtName() && Kind(1) == T::kColon) {  // a label
      Skip(2);
      continue;
    }
    if (statement_start && AtBlockStart()) {
      // BEGIN is a block; IF( and REPEAT( are never at the start of a statement as functions.
      T block = Take().token;
      switch (block) {
        case T::k_BEGIN:
          blocks.push_back('B');
          if (Accept(T::k_NOT)) ExpectWord("ATOMIC");
          break;
        case T::k_IF: blocks.push_back('I'); break;
        case T::k_CASE: blocks.push_back('C'); break;
        case T::k_LOOP: blocks.push_back('L'); break;
        case T::k_WHILE: blocks.push_back('W'); break;
        default: blocks.push_back('R'); break;
      }
      statement_start = block == T::k_BEGIN || block == T::k_LOOP || block == T::k_REPEAT;
      continue;
    }
    if (kind == T::k_CASE) {
      Take();
      blocks.push_back('E');
      statement_start = false;
      continue;
    }
    if (kind == T::k_END && !blocks.empty() && (statement_start || blocks.back() == 'E')) {
      Take();
      char block = blocks.back();
      blocks.pop_back();
      switch (block) {
        case 'I': Expect(T::k_IF); break;
        case 'C': Expect(T::k_CASE); break;
        case 'L': Expect(T::k_LOOP); break;
        case 'W': Expect(T::k_WHILE); break;
        case 'R': Expect(T::k_REPEAT); break;
        default: break;
      }
      if (block != 'E' && AtName()) Take();  // end label
      statement_start = false;
      if (blocks.empty() && block != 'E') break;
      continue;
    }
    // A statement begins behind THEN, ELSE, DO and handlers' conditions; not inside CASE expressions.
    Take();
    char top = blocks.empty() ? '\0' : blocks.back();
    statement_start = top != 'E' && ((kind == T::k_THEN && (top == 'I' || top == 'C')) ||
                                     (kind == T::k_ELSE && (top == 'I' || top == 'C')) ||
                                     (kind == T::k_DO && top == 'W'));
    if (kind == T::k_FOR && last_token_ == T::k_FOR && declares_handler_) {
      // DECLARE ... HANDLER FOR condition[, ...] statement
      while (true) {
        if (Accept(T::k_SQLSTATE)) {
          Accept(T::k_VALUE);
          ParseStringLiteral();
        } else if (At(T::k_NOT)) {
          Take();
          Expect(T::k_FOUND);
        } else {
          Take();
        }
        if (!Accept(T::kComma)) break;
      }
      statement_start = true;
      declares_handler_ = false;
    }
    if (kind == T::k_HANDLER && Kind() == T::k_FOR) declares_handler_ = true;
  }
  return RangeFrom(start);
}

void ParserImpl::ParseCharacteristics(RoutineCharacteristics* c) {
  while (true) {
    switch (Kind()) {
      case T::k_COMMENT: Take(); c->comment = ParseStringLiteral(); break;
      case T::k_LANGUAGE:
        Take();
        if (!Accept(T::k_SQL)) c->language = ParseName();
        break;
      case T::k_NOT:
        Take();
        Expect(T::k_DETERMINISTIC);
        c->is_deterministic = Tristate::kNo;
        break;
      case T::k_DETERMINISTIC: Take(); c->is_deterministic = Tristate::kYes; break;
      case T::k_CONTAINS:
        Take();
        Expect(T::k_SQL);
        c->data_access = SqlDataAccess::kContainsSql;
        break;
      case T::k_NO:
        Take();
        Expect(T::k_SQL);
        c->data_access = SqlDataAccess::kNoSql;
        break;
      case T::k_READS:
        Take();
        Expect(T::k_SQL, T::k_DATA);
        c->data_access = SqlDataAccess::kReadsSqlData;
        break;
      case T::k_MODIFIES:
        Take();
        Expect(T::k_SQL, T::k_DATA);
        c->data_access = SqlDataAccess::kModifiesSqlData;
        break;
      case T::k_SQL:
        Take();
        Expect(T::k_SECURITY);
        c->is_security_invoker = At(T::k_INVOKER);
        if (!Accept(T::k_INVOKER)) Expect(T::k_DEFINER);
        break;
      default: return;
    }
  }
}

Statement* ParserImpl::ParseCreateRoutine(bool or_replace, AccountName* definer, bool is_function) {
  bool aggregate = Accept(T::k_AGGREGATE);
  Expect(is_function ? T::k_FUNCTION : T::k_PROCEDURE);
  bool if_not_exists = ParseIfNotExists();
  QualifiedName name = ParseQualifiedName();
  if (is_function && At(T::k_RETURNS)) {
    Take();
    auto* statement = New<CreateLoadableFunctionStatement>();
    statement->is_aggregate = aggregate;
    statement->if_not_exists = if_not_exists;
    statement->name = name.name;
    if (!AtAny({T::k_STRING, T::k_INTEGER, T::k_INT, T::k_REAL, T::k_DECIMAL})) FailSyntax();
    statement->returns = KeywordName(Take().token);
    Expect(T::k_SONAME);
    statement->library = ParseStringLiteral();
    return statement;
  }
  if (aggregate) FailSyntax();
  auto* statement = New<CreateRoutineStatement>();
  statement->is_function = is_function;
  statement->or_replace = or_replace;
  statement->if_not_exists = if_not_exists;
  statement->definer = definer;
  statement->name = name;
  Expect(T::kLeft);
  uint32_t start = Start();
  ListBuilder<RoutineParameter> parameters;
  if (!At(T::kRight)) {
    do {
      RoutineParameter parameter;
      if (!is_function) {
        if (Accept(T::k_OUT)) {
          parameter.mode = ParameterMode::kOut;
        } else if (Accept(T::k_INOUT)) {
          parameter.mode = ParameterMode::kInOut;
        } else {
          Accept(T::k_IN);
        }
      }
      parameter.name = ParseName();
      parameter.type = ParseDataType();
      if (Accept(T::k_COLLATE)) parameter.type->collation = ParseCollationName();
      parameters.Add(parameter);
    } while (Accept(T::kComma));
    statement->parameters_source = RangeFrom(start);
  }
  Expect(T::kRight);
  statement->parameters_list = parameters.Finish(arena_);
  if (is_function) {
    Expect(T::k_RETURNS);
    statement->returns = ParseDataType();
    if (Accept(T::k_COLLATE)) statement->returns->collation = ParseCollationName();
  }
  ParseCharacteristics(&statement->characteristics);
  Accept(T::k_AS);
  statement->body = TakeBody();
  return statement;
}

Statement* ParserImpl::ParseCreateTrigger(bool or_replace, AccountName* definer) {
  Expect(T::k_TRIGGER);
  auto* statement = New<CreateTriggerStatement>();
  statement->or_replace = or_replace;
  statement->definer = definer;
  statement->if_not_exists = ParseIfNotExists();
  statement->name = ParseQualifiedName();
  statement->is_before = At(T::k_BEFORE);
  if (!Accept(T::k_BEFORE)) Expect(T::k_AFTER);
  if (!AtAny({T::k_INSERT, T::k_UPDATE, T::k_DELETE})) FailSyntax();
  statement->event = KeywordName(Take().token);
  Expect(T::k_ON);
  statement->table = ParseQualifiedName();
  Expect(T::k_FOR, T::k_EACH);
  Expect(T::k_ROW);
  if (AtAny({T::k_FOLLOWS, T::k_PRECEDES})) {
    statement->has_order = true;
    statement->follows = Take().token == T::k_FOLLOWS;
    statement->other_trigger = ParseNameOrString();
  }
  statement->body = TakeBody();
  return statement;
}

Statement* ParserImpl::ParseEvent(bool alter, bool or_replace, AccountName* definer) {
  Expect(T::k_EVENT);
  auto* statement = New<EventStatement>(alter);
  statement->or_replace = or_replace;
  statement->definer = definer;
  if (!alter) statement->if_not_exists = ParseIfNotExists();
  statement->name = ParseQualifiedName();
  if (At(T::k_ON) && Kind(1) == T::k_SCHEDULE) {
    Skip(2);
    if (Accept(T::k_AT)) {
      statement->schedule.at = ParseExpression();
    } else {
      Expect(T::k_EVERY);
      uint32_t start = Start();
      auto* every = New<Interval>();
      every->amount = ParseExpression();
      every->unit = ParseIntervalUnit();
      statement->schedule.every = Finish(every, start);
      if (Accept(T::k_STARTS)) statement->schedule.starts = ParseExpression();
      if (Accept(T::k_ENDS)) statement->schedule.ends = ParseExpression();
    }
  } else if (!alter) {
    FailSyntax();
  }
  if (At(T::k_ON) && Kind(1) == T::k_COMPLETION) {
    Skip(2);
    statement->on_completion_preserve = !Accept(T::k_NOT);
    Expect(T::k_PRESERVE);
  }
  if (alter && Accept(T::k_RENAME)) {
    Expect(T::k_TO);
    statement->rename_to = ParseQualifiedName();
  }
  if (Accept(T::k_ENABLE)) {
    statement->status = EventStatus::kEnable;
  } else if (Accept(T::k_DISABLE)) {
    statement->status = EventStatus::kDisable;
    if (Accept(T::k_ON)) {
      if (!Accept(T::k_REPLICA)) Expect(T::k_SLAVE);
      statement->status = EventStatus::kDisableOnReplica;
    }
  }
  if (Accept(T::k_COMMENT)) statement->comment = ParseStringLiteral();
  if (Accept(T::k_DO)) {
    statement->body = TakeBody();
  } else if (!alter) {
    FailSyntax();
  }
  return statement;
}

// --- Other objects ------------------------------------------------------------------------------------

Statement* ParserImpl::ParseTablespace(DdlVerb verb) {
  auto* statement = New<TablespaceStatement>();
  statement->verb = verb;
  if (Accept(T::k_LOGFILE)) {
    Expect(T::k_GROUP);
    statement->is_logfile_group = true;
  } else {
    statement->is_undo = Accept(T::k_UNDO);
    Expect(T::k_TABLESPACE);
  }
  statement->name = ParseName();
  ListBuilder<NamedOption> options;
  if (verb != DdlVerb::kDrop && AtAny({T::k_ADD, T::k_DROP})) {
    bool add = Take().token == T::k_ADD;
    NamedOption file;
    file.name = add ? "ADD DATAFILE" : "DROP DATAFILE";
    if (!Accept(T::k_DATAFILE)) Expect(T::k_UNDOFILE);
    file.text = ParseStringLiteral();
    options.Add(file);
  }
  if (verb == DdlVerb::kAlter && Accept(T::k_RENAME)) {
    Expect(T::k_TO);
    statement->rename_to = ParseName();
  }
  if (verb == DdlVerb::kAlter && Accept(T::k_SET)) {
    NamedOption state;
    state.name = "STATE";
    state.text = KeywordName(At(T::k_ACTIVE) ? Expect(T::k_ACTIVE).token : Expect(T::k_INACTIVE).token);
    options.Add(state);
  }
  if (verb == DdlVerb::kCreate && Accept(T::k_USE)) {
    Expect(T::k_LOGFILE, T::k_GROUP);
    NamedOption group;
    group.name = "LOGFILE GROUP";
    group.text = ParseName();
    options.Add(group);
  }
  while (AtAny({T::k_AUTOEXTEND_SIZE, T::k_EXTENT_SIZE, T::k_FILE_BLOCK_SIZE, T::k_INITIAL_SIZE, T::k_MAX_SIZE,
                T::k_NODEGROUP, T::k_UNDO_BUFFER_SIZE, T::k_REDO_BUFFER_SIZE, T::k_ENGINE, T::k_STORAGE, T::k_COMMENT,
                T::k_ENCRYPTION, T::k_ENGINE_ATTRIBUTE, T::k_WAIT, T::k_NO_WAIT, T::kComma})) {
    if (Accept(T::kComma) || Accept(T::k_STORAGE)) continue;
    NamedOption option;
    T kind = Take().token;
    option.name = KeywordName(kind);
    if (kind != T::k_WAIT && kind != T::k_NO_WAIT) {
      Accept(T::kEqual);
      if (At(T::kInteger)) {
        option.number = ParseUnsigned();
      } else if (At(T::kIdentifier)) {
        option.text = Take().text;  // 10M, or an engine
      } else {
        option.text = ParseNameOrString();
      }
    }
    options.Add(option);
  }
  statement->options = options.Finish(arena_);
  return statement;
}

Statement* ParserImpl::ParseServer(DdlVerb verb) {
  Expect(T::k_SERVER);
  auto* statement = New<ServerStatement>();
  statement->verb = verb;
  if (verb == DdlVerb::kDrop) statement->if_exists = ParseIfExists();
  statement->name = ParseNameOrString();
  if (verb == DdlVerb::kDrop) return statement;
  if (verb == DdlVerb::kCreate) {
    Expect(T::k_FOREIGN);
    Expect(T::k_DATA, T::k_WRAPPER);
    statement->wrapper = ParseNameOrString();
  }
  Expect(T::k_OPTIONS, T::kLeft);
  ListBuilder<NamedOption> options;
  do {
    NamedOption option;
    if (!AtAny({T::k_HOST, T::k_DATABASE, T::k_USER, T::k_PASSWORD, T::k_SOCKET, T::k_OWNER, T::k_PORT})) FailSyntax();
    T kind = Take().token;
    option.name = KeywordName(kind);
    if (kind == T::k_PORT) {
      option.number = ParseUnsigned();
    } else {
      option.text = ParseStringLiteral();
    }
    options.Add(option);
  } while (Accept(T::kComma));
  Expect(T::kRight);
  statement->options = options.Finish(arena_);
  return statement;
}

Statement* ParserImpl::ParseSpatialReferenceSystem(DdlVerb verb, bool or_replace) {
  Expect(T::k_SPATIAL, T::k_REFERENCE);
  Expect(T::k_SYSTEM);
  auto* statement = New<SpatialReferenceSystemStatement>();
  statement->verb = verb;
  statement->or_replace = or_replace;
  if (verb == DdlVerb::kDrop) {
    statement->if_exists = ParseIfExists();
  } else {
    statement->if_not_exists = ParseIfNotExists();
  }
  statement->srid = ParseUnsigned();
  ListBuilder<NamedOption> attributes;
  while (AtAny({T::k_NAME, T::k_DEFINITION, T::k_ORGANIZATION, T::k_DESCRIPTION})) {
    NamedOption attribute;
    attribute.name = KeywordName(Take().token);
    attribute.text = ParseStringLiteral();
    if (attribute.name == "ORGANIZATION") {
      Expect(T::k_IDENTIFIED, T::k_BY);
      attribute.number = ParseUnsigned();
    }
    attributes.Add(attribute);
  }
  statement->attributes = attributes.Finish(arena_);
  return statement;
}

Statement* ParserImpl::ParseResourceGroup(DdlVerb verb) {
  Expect(T::k_RESOURCE, T::k_GROUP);
  auto* statement = New<ResourceGroupStatement>();
  statement->verb = verb;
  statement->name = ParseName();
  ListBuilder<NamedOption> cpus;
  while (true) {
    if (Accept(T::k_TYPE)) {
      Accept(T::kEqual);
      statement->is_system = At(T::k_SYSTEM);
      if (!Accept(T::k_SYSTEM)) Expect(T::k_USER);
    } else if (Accept(T::k_VCPU)) {
      Accept(T::kEqual);
      do {
        NamedOption cpu;
        uint32_t start = Start();
        ParseUnsigned();
        if (Accept(T::kMinus)) ParseUnsigned();
        cpu.name = TextFrom(start);
        cpus.Add(cpu);
      } while (Accept(T::kComma));
    } else if (Accept(T::k_THREAD_PRIORITY)) {
      Accept(T::kEqual);
      statement->thread_priority = ParseSigned();
    } else if (At(T::k_ENABLE) || At(T::k_DISABLE)) {
      statement->is_enabled = Take().token == T::k_ENABLE ? Tristate::kYes : Tristate::kNo;
    } else if (Accept(T::k_FORCE)) {
      statement->is_force = true;
    } else {
      break;
    }
  }
  statement->cpus = cpus.Finish(arena_);
  return statement;
}

}  // namespace mahi::parser_internal
