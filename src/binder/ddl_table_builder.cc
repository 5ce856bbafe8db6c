#include "binder/ddl_table_builder.h"

#include <strings.h>

#include <algorithm>
#include <set>

#include "binder/ddl_default.h"
#include "binder/data_type.h"
#include "binder/row_expressions.h"
#include "binder/stored_expression.h"
#include "catalog/schema_reader.h"
#include "parser/ast/printer.h"
#include "types/sql_mode.h"

namespace mahi {

namespace {

constexpr size_t kMaxColumns = 1017;
constexpr size_t kMaxIndexes = 64;
constexpr size_t kMaxKeyParts = 16;
constexpr size_t kMaxKeyBytes = 3072;
constexpr size_t kMaxRowBytes = 65535;
constexpr size_t kMaxIdentifierCharacters = 64;

size_t CharacterCount(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

ReferentialAction ToAction(ast::ReferentialAction action) {
  switch (action) {
    case ast::ReferentialAction::kRestrict:
      return ReferentialAction::kRestrict;
    case ast::ReferentialAction::kCascade:
      return ReferentialAction::kCascade;
    case ast::ReferentialAction::kSetNull:
      return ReferentialAction::kSetNull;
    case ast::ReferentialAction::kSetDefault:
      return ReferentialAction::kSetDefault;
    case ast::ReferentialAction::kUnspecified:
    case ast::ReferentialAction::kNoAction:
      return ReferentialAction::kNoAction;
  }
  MAHI_UNREACHABLE();
}

// Bytes of a value of fixed size in a row.
size_t FixedBytes(const SqlType& type) {
  if (type.IsInteger()) return static_cast<size_t>(IntegerBytes(type.id));
  switch (type.id) {
    case TypeId::kFloat:
      return 4;
    case TypeId::kDecimal:
      return (type.length - type.decimals + 8) / 9 * 4 + (type.decimals + 8) / 9 * 4;
    case TypeId::kYear:
      return 1;
    case TypeId::kEnum:
      return 2;
    default:
      return 8;
  }
}

// Bytes of a key column, as MySQL counts them against the limit.
size_t KeyBytes(const SqlType& type, uint32_t prefix_length) {
  if (type.IsString()) {
    uint32_t characters = prefix_length != 0 ? prefix_length : type.length;
    return size_t{characters} * type.charset().max_bytes;
  }
  return FixedBytes(type);
}

bool NeedsPrefix(const SqlType& type) { return type.IsBlob(); }

// Types that a foreign key may join.
bool AreCompatible(const SqlType& a, const SqlType& b) {
  if (a.IsString() && b.IsString()) return a.collation == b.collation;
  if (a.IsInteger() && b.IsInteger()) return a.id == b.id && a.is_unsigned == b.is_unsigned;
  if (a.id != b.id) return false;
  if (a.id == TypeId::kDecimal) return a.length == b.length && a.decimals == b.decimals;
  return a.is_unsigned == b.is_unsigned;
}

}  // namespace

bool SameIdentifier(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

Status CheckColumnName(std::string_view name) {
  if (name.empty() || name.back() == ' ') return Error(ER_WRONG_COLUMN_NAME, name);
  if (CharacterCount(name) > kMaxIdentifierCharacters) return Error(ER_TOO_LONG_IDENT, name);
  return Status::Ok();
}
Status CheckTableName(std::string_view name) {
  if (CharacterCount(name) > kMaxIdentifierCharacters) return Error(ER_TOO_LONG_IDENT, name);
  if (name.empty() || name.back() == ' ') return Error(ER_WRONG_TABLE_NAME, name);
  return Status::Ok();
}
Status CheckSchemaName(std::string_view name) {
  if (CharacterCount(name) > kMaxIdentifierCharacters) return Error(ER_TOO_LONG_IDENT, name);
  if (name.empty() || name.back() == ' ') return Error(ER_WRONG_DB_NAME, name);
  return Status::Ok();
}

bool TableBuilder::is_strict() const {
  return (context_.sql_mode & (kSqlModeStrictTransTables | kSqlModeStrictAllTables)) != 0;
}

Status TableBuilder::Start(std::string schema, std::string name, CollationId schema_collation) {
  table_ = std::make_shared<TableDefinition>();
  table_->schema = std::move(schema);
  table_->name = std::move(name);
  table_->collation = schema_collation;
  table_->engine = std::string(context_.default_storage_engine);
  return Status::Ok();
}

Status TableBuilder::StartFrom(const TableRef& old_table) {
  old_table_ = old_table;
  table_ = std::make_shared<TableDefinition>(*old_table);
  table_->auto_increment_start = 0;  // 0: the running counter goes on
  for (uint32_t i = 0; i < old_table->columns.size(); ++i) {
    DraftColumn draft;
    draft.column = old_table->columns[i];
    draft.source = i;
    draft.old_name = draft.column.name;
    columns_.push_back(std::move(draft));
  }
  for (const Index& index : old_table->indexes) {
    DraftIndex draft;
    draft.index = index;
    draft.index.parts.clear();
    for (const IndexPart& part : index.parts) {
      draft.parts.push_back({old_table->columns[part.column].name, part.prefix_length, part.is_descending});
    }
    indexes_.push_back(std::move(draft));
  }
  for (const ForeignKey& key : old_table->foreign_keys) {
    DraftForeignKey draft;
    draft.key = key;
    draft.key.columns.clear();
    for (uint32_t column : key.columns) draft.columns.push_back(old_table->columns[column].name);
    foreign_keys_.push_back(std::move(draft));
  }
  return Status::Ok();
}

Status TableBuilder::ApplyOptions(ast::List<ast::TableOption> options) {
  // The character set is known before COLLATE is checked against it, whatever their order.
  std::string_view charset, collation;
  bool has_charset = false;
  for (const ast::TableOption& option : options) {
    using ast::TableOptionKind;
    switch (option.kind) {
      case TableOptionKind::kEngine: {
        MAHI_ASSIGN_OR_RETURN(std::string engine, ResolveEngine(context_, option.text, table_->name));
        table_->engine = std::move(engine);
        set_must_rebuild();
        break;
      }
      case TableOptionKind::kAutoIncrement:
        table_->auto_increment_start = std::max<uint64_t>(option.number, 1);
        break;
      case TableOptionKind::kCharset:
        has_charset = true;
        charset = option.is_default ? "" : option.text;
        break;
      case TableOptionKind::kCollation:
        collation = option.is_default ? "" : option.text;
        break;
      case TableOptionKind::kComment:
        if (CharacterCount(option.text) > 2048) {
          if (is_strict()) return Error(ER_TOO_LONG_TABLE_COMMENT, table_->name, 2048);
          context_.diagnostics->Warn(Error(ER_TOO_LONG_TABLE_COMMENT, table_->name, 2048));
        }
        table_->comment = option.text;
        break;
      case TableOptionKind::kRowFormat:
        table_->row_format = option.is_default ? "" : std::string(option.text);
        break;
      case TableOptionKind::kUnion:
      case TableOptionKind::kInsertMethod:
        return Error(ER_NOT_SUPPORTED_YET, "MERGE tables");
      case TableOptionKind::kEncryption:
        if (!option.text.empty() && option.text != "N" && option.text != "n") {
          return Error(ER_NOT_SUPPORTED_YET, "ENCRYPTION");
        }
        break;
      case TableOptionKind::kDataDirectory:
      case TableOptionKind::kIndexDirectory:
      case TableOptionKind::kTablespace:
        return Error(ER_NOT_SUPPORTED_YET, "DATA DIRECTORY, INDEX DIRECTORY and TABLESPACE");
      default:
        // Hints to other storage engines' layouts (MAX_ROWS, PACK_KEYS, STATS_*, KEY_BLOCK_SIZE, ...): MySQL's
        // InnoDB keeps them for SHOW CREATE TABLE and does no more with them either.
        AppendCreateOption(option, &table_->create_options);
        break;
    }
  }
  if (has_charset || !collation.empty()) {
    CollationId base = table_->collation;
    if (has_charset && charset.empty()) base = context_.server_collation;
    MAHI_ASSIGN_OR_RETURN(table_->collation, ResolveCollation(charset, collation, base));
  }
  return Status::Ok();
}

TableBuilder::DraftColumn* TableBuilder::FindDraft(std::string_view name) {
  for (DraftColumn& draft : columns_) {
    if (SameIdentifier(draft.column.name, name)) return &draft;
  }
  return nullptr;
}
const TableBuilder::DraftColumn* TableBuilder::FindDraft(std::string_view name) const {
  return const_cast<TableBuilder*>(this)->FindDraft(name);
}
bool TableBuilder::HasIndex(std::string_view name) const {
  return std::any_of(indexes_.begin(), indexes_.end(),
                     [&](const DraftIndex& draft) { return SameIdentifier(draft.index.name, name); });
}

Status TableBuilder::ResolveDefault(ast::Expression* value, bool is_expression, Column* column) {
  column->default_kind = DefaultKind::kNone;
  column->default_expression.clear();
  if (is_expression) {
    MAHI_RETURN_IF_ERROR(CheckStoredExpression(value, StoredExpressionKind::kDefault, column->name));
    column->default_kind = DefaultKind::kExpression;
    column->default_expression = PrintStoredExpression(value);
    return Status::Ok();
  }
  return ResolveLiteralDefault(context_, value, column);
}

Result<TableBuilder::DraftColumn> TableBuilder::MakeColumn(const ast::ColumnDefinition& definition) {
  MAHI_RETURN_IF_ERROR(CheckColumnName(definition.name));
  DraftColumn draft;
  Column& column = draft.column;
  column.name = definition.name;
  MAHI_ASSIGN_OR_RETURN(
      column.type,
      ResolveColumnType(*definition.type, definition.name, table_->collation, is_strict(),
                        (context_.sql_mode & kSqlModeRealAsFloat) != 0, context_.diagnostics));
  const bool is_serial = definition.type->type == ast::TypeKind::kSerial || definition.is_serial_default;
  column.is_nullable = definition.is_nullable != ast::Tristate::kNo && !is_serial &&
                       definition.key != ast::ColumnKey::kPrimary;
  draft.is_null_explicit = definition.is_nullable == ast::Tristate::kYes;
  if (definition.key == ast::ColumnKey::kPrimary && draft.is_null_explicit) return Error(ER_PRIMARY_CANT_HAVE_NULL);
  column.is_auto_increment = definition.is_auto_increment || is_serial;
  column.is_invisible = definition.is_visible == ast::Tristate::kNo;
  if (definition.comment) {
    if (CharacterCount(*definition.comment) > 1024) return Error(ER_TOO_LONG_FIELD_COMMENT, definition.name, 1024);
    column.comment = *definition.comment;
  }
  if (column.type.id == TypeId::kTimestamp && definition.is_nullable == ast::Tristate::kDefault &&
      !context_.explicit_defaults_for_timestamp) {
    column.is_nullable = false;
  }

  if (definition.generated != nullptr) {
    MAHI_RETURN_IF_ERROR(
        CheckStoredExpression(definition.generated, StoredExpressionKind::kGenerated, column.name));
    if (column.is_auto_increment) return Error(ER_WRONG_USAGE, "AUTO_INCREMENT", "generated column");
    column.generated = definition.is_stored ? GeneratedKind::kStored : GeneratedKind::kVirtual;
    column.generated_expression = PrintStoredExpression(definition.generated);
    column.default_kind = DefaultKind::kNone;
    return draft;
  }
  if (column.is_auto_increment) {
    if (definition.default_value != nullptr) return Error(ER_INVALID_DEFAULT, column.name);
    if (!column.type.IsInteger() && column.type.id != TypeId::kFloat && column.type.id != TypeId::kDouble) {
      return Error(ER_WRONG_FIELD_SPEC, column.name);
    }
    column.is_nullable = false;
  }
  if (definition.default_value != nullptr) {
    MAHI_RETURN_IF_ERROR(ResolveDefault(definition.default_value, definition.default_is_expression, &column));
  } else if (column.is_nullable) {
    column.default_kind = DefaultKind::kNull;
  }
  if (definition.on_update != nullptr) {
    if (!IsCurrentTimestamp(definition.on_update, column.type)) return Error(ER_INVALID_ON_UPDATE, column.name);
    column.on_update_now = true;
  }
  return draft;
}

Status TableBuilder::Place(DraftColumn draft, ast::ColumnPosition position, std::string_view after) {
  switch (position) {
    case ast::ColumnPosition::kDefault:
      columns_.push_back(std::move(draft));
      return Status::Ok();
    case ast::ColumnPosition::kFirst:
      columns_.insert(columns_.begin(), std::move(draft));
      return Status::Ok();
    case ast::ColumnPosition::kAfter:
      for (size_t i = 0; i < columns_.size(); ++i) {
        if (SameIdentifier(columns_[i].column.name, after)) {
          columns_.insert(columns_.begin() + static_cast<ptrdiff_t>(i) + 1, std::move(draft));
          return Status::Ok();
        }
      }
      return Error(ER_BAD_FIELD_ERROR, after, table_->name);
  }
  MAHI_UNREACHABLE();
}

Status TableBuilder::AddColumnKeys(const ast::ColumnDefinition& definition) {
  const bool is_serial = definition.type->type == ast::TypeKind::kSerial || definition.is_serial_default;
  auto add = [&](IndexKind kind) -> Status {
    DraftIndex draft;
    draft.index.kind = kind;
    if (kind == IndexKind::kPrimary) {
      if (HasIndex("PRIMARY")) return Error(ER_MULTIPLE_PRI_KEY);
      draft.index.name = "PRIMARY";
    } else {
      draft.index.name = UniqueIndexName(definition.name);
    }
    draft.parts.push_back({std::string(definition.name), 0, false});
    indexes_.push_back(std::move(draft));
    return Status::Ok();
  };
  if (definition.key == ast::ColumnKey::kPrimary) MAHI_RETURN_IF_ERROR(add(IndexKind::kPrimary));
  if (definition.key == ast::ColumnKey::kUnique || definition.has_unique || is_serial) {
    MAHI_RETURN_IF_ERROR(add(IndexKind::kUnique));
  }
  if (definition.key == ast::ColumnKey::kIndex) MAHI_RETURN_IF_ERROR(add(IndexKind::kSecondary));
  for (const ast::CheckDefinition& check : definition.checks) {
    MAHI_RETURN_IF_ERROR(AddCheck(check, definition.name));
  }
  return Status::Ok();
}

Status TableBuilder::AddColumn(const ast::ColumnDefinition& definition, ast::ColumnPosition position,
                               std::string_view after) {
  if (HasColumn(definition.name)) return Error(ER_DUP_FIELDNAME, definition.name);
  MAHI_ASSIGN_OR_RETURN(DraftColumn draft, MakeColumn(definition));
  MAHI_RETURN_IF_ERROR(Place(std::move(draft), position, after));
  return AddColumnKeys(definition);
}

Status TableBuilder::AddPlainColumn(Column column) {
  MAHI_RETURN_IF_ERROR(CheckColumnName(column.name));
  if (HasColumn(column.name)) return Error(ER_DUP_FIELDNAME, column.name);
  DraftColumn draft;
  draft.column = std::move(column);
  columns_.push_back(std::move(draft));
  return Status::Ok();
}

Status TableBuilder::ChangeColumn(std::string_view old_name, const ast::ColumnDefinition& definition,
                                  ast::ColumnPosition position, std::string_view after) {
  DraftColumn* old = FindDraft(old_name);
  if (old == nullptr) return Error(ER_BAD_FIELD_ERROR, old_name, table_->name);
  if (!SameIdentifier(old_name, definition.name) && HasColumn(definition.name)) {
    return Error(ER_DUP_FIELDNAME, definition.name);
  }
  MAHI_ASSIGN_OR_RETURN(DraftColumn draft, MakeColumn(definition));
  draft.source = old->source;
  draft.old_name = old->old_name;
  draft.column.id = old->column.id;
  draft.column.added_in_version = old->column.added_in_version;
  draft.column.initial_value = old->column.initial_value;
  const std::string previous = old->column.name;
  if (previous != definition.name) MAHI_RETURN_IF_ERROR(RenameColumn(previous, definition.name));
  if (position == ast::ColumnPosition::kDefault) {
    *FindDraft(definition.name) = std::move(draft);
  } else {
    columns_.erase(columns_.begin() + (FindDraft(definition.name) - columns_.data()));
    MAHI_RETURN_IF_ERROR(Place(std::move(draft), position, after));
  }
  return AddColumnKeys(definition);
}

Status TableBuilder::DropColumn(std::string_view name) {
  DraftColumn* draft = FindDraft(name);
  if (draft == nullptr) return Error(ER_CANT_DROP_FIELD_OR_KEY, name);
  for (const DraftForeignKey& key : foreign_keys_) {
    for (const std::string& column : key.columns) {
      if (SameIdentifier(column, name)) return Error(ER_FK_COLUMN_CANNOT_DROP, name, key.key.name);
    }
  }
  columns_.erase(columns_.begin() + (draft - columns_.data()));
  dropped_names_.emplace_back(name);
  // Keys lose the column; those that lose all disappear.
  for (DraftIndex& index : indexes_) {
    std::erase_if(index.parts, [&](const DraftPart& part) { return SameIdentifier(part.column, name); });
  }
  std::erase_if(indexes_, [](const DraftIndex& index) { return index.parts.empty(); });
  // A check on the dropped column alone goes with it; one on others too forbids the drop (CheckExpressions).
  std::erase_if(table_->checks, [&](const CheckConstraint& check) {
    return StoredExpressionColumns(context_, check.expression) ==
           std::vector<std::string>{std::string(name)};
  });
  return Status::Ok();
}

Status TableBuilder::RenameColumn(std::string_view old_name, std::string_view new_name) {
  DraftColumn* draft = FindDraft(old_name);
  if (draft == nullptr) return Error(ER_BAD_FIELD_ERROR, old_name, table_->name);
  MAHI_RETURN_IF_ERROR(CheckColumnName(new_name));
  if (!SameIdentifier(old_name, new_name) && HasColumn(new_name)) return Error(ER_DUP_FIELDNAME, new_name);
  const std::string previous = draft->column.name;
  draft->column.name = new_name;
  for (DraftIndex& index : indexes_) {
    for (DraftPart& part : index.parts) {
      if (SameIdentifier(part.column, previous)) part.column = new_name;
    }
  }
  for (DraftForeignKey& key : foreign_keys_) {
    for (std::string& column : key.columns) {
      if (SameIdentifier(column, previous)) column = new_name;
    }
  }
  return Status::Ok();
}

Status TableBuilder::SetDefault(std::string_view name, ast::Expression* value, bool is_expression) {
  DraftColumn* draft = FindDraft(name);
  if (draft == nullptr) return Error(ER_BAD_FIELD_ERROR, name, table_->name);
  return ResolveDefault(value, is_expression, &draft->column);
}
Status TableBuilder::DropDefault(std::string_view name) {
  DraftColumn* draft = FindDraft(name);
  if (draft == nullptr) return Error(ER_BAD_FIELD_ERROR, name, table_->name);
  draft->column.default_kind = DefaultKind::kNone;
  draft->column.default_expression.clear();
  return Status::Ok();
}
Status TableBuilder::SetColumnVisible(std::string_view name, bool is_visible) {
  DraftColumn* draft = FindDraft(name);
  if (draft == nullptr) return Error(ER_BAD_FIELD_ERROR, name, table_->name);
  draft->column.is_invisible = !is_visible;
  return Status::Ok();
}

std::string TableBuilder::UniqueIndexName(std::string_view base) const {
  std::string name(base);
  if (SameIdentifier(name, "PRIMARY")) name = "PRIMARY_2";
  for (int suffix = 2; HasIndex(name); ++suffix) name = std::string(base) + "_" + std::to_string(suffix);
  return name;
}

Status TableBuilder::AddIndex(const ast::IndexDefinition& definition) {
  if (definition.where != nullptr) return Error(ER_NOT_SUPPORTED_YET, "partial indexes");
  DraftIndex draft;
  Index& index = draft.index;
  switch (definition.kind) {
    case ast::IndexKind::kIndex:
      index.kind = IndexKind::kSecondary;
      break;
    case ast::IndexKind::kPrimary:
      index.kind = IndexKind::kPrimary;
      break;
    case ast::IndexKind::kUnique:
      index.kind = IndexKind::kUnique;
      break;
    case ast::IndexKind::kFulltext:
      return Error(ER_NOT_SUPPORTED_YET, "FULLTEXT indexes");
    case ast::IndexKind::kSpatial:
      return Error(ER_NOT_SUPPORTED_YET, "SPATIAL indexes");
  }
  for (const ast::KeyPart& part : definition.parts) {
    DraftPart draft_part;
    draft_part.is_descending = part.is_descending;
    if (part.expression != nullptr) {
      if (index.kind == IndexKind::kPrimary) return Error(ER_FUNCTIONAL_INDEX_PRIMARY_KEY);
      MAHI_RETURN_IF_ERROR(
          CheckStoredExpression(part.expression, StoredExpressionKind::kIndex, "functional index"));
      if (part.expression->Is<ast::ColumnReference>()) return Error(ER_FUNCTIONAL_INDEX_ON_FIELD);
      Column hidden;
      hidden.is_hidden = true;
      hidden.is_invisible = true;
      hidden.generated = GeneratedKind::kVirtual;
      hidden.generated_expression = PrintStoredExpression(part.expression);
      for (int number = 1;; ++number) {
        hidden.name = "!hidden!" + std::string(definition.name.empty() ? "functional_index" : definition.name) +
                      "!" + std::to_string(number);
        if (!HasColumn(hidden.name)) break;
      }
      hidden.type.id = TypeId::kNull;  // set from the bound expression in Finish
      draft_part.column = hidden.name;
      DraftColumn hidden_draft;
      hidden_draft.column = std::move(hidden);
      columns_.push_back(std::move(hidden_draft));
    } else {
      draft_part.column = part.column;
      if (part.prefix_length) {
        if (*part.prefix_length == 0) return Error(ER_KEY_PART_0, part.column);
        if (*part.prefix_length > 0xffffffff) return Error(ER_TOO_LONG_KEY, kMaxKeyBytes);
        draft_part.prefix_length = static_cast<uint32_t>(*part.prefix_length);
      }
    }
    draft.parts.push_back(std::move(draft_part));
  }
  if (index.kind == IndexKind::kPrimary) {
    if (HasIndex("PRIMARY")) return Error(ER_MULTIPLE_PRI_KEY);
    index.name = "PRIMARY";
    if (definition.is_visible == ast::Tristate::kNo) return Error(ER_PK_INDEX_CANT_BE_INVISIBLE);
  } else {
    std::string_view name = !definition.name.empty() ? definition.name : definition.constraint_name;
    if (name.empty()) {
      bool is_functional = definition.parts[0].expression != nullptr;
      index.name = UniqueIndexName(is_functional ? "functional_index" : definition.parts[0].column);
    } else {
      if (CharacterCount(name) > kMaxIdentifierCharacters) return Error(ER_TOO_LONG_IDENT, name);
      if (SameIdentifier(name, "PRIMARY") || name.back() == ' ') return Error(ER_WRONG_NAME_FOR_INDEX, name);
      if (HasIndex(name)) return Error(ER_DUP_KEYNAME, name);
      index.name = name;
    }
  }
  index.is_invisible = definition.is_visible == ast::Tristate::kNo;
  if (definition.algorithm == ast::IndexAlgorithm::kBtree) index.algorithm = "BTREE";
  if (definition.algorithm == ast::IndexAlgorithm::kHash) index.algorithm = "HASH";
  if (definition.comment) {
    if (CharacterCount(*definition.comment) > 1024) return Error(ER_TOO_LONG_INDEX_COMMENT, index.name, 1024);
    index.comment = *definition.comment;
  }
  if (draft.parts.size() > kMaxKeyParts) return Error(ER_TOO_MANY_KEY_PARTS, kMaxKeyParts);
  indexes_.push_back(std::move(draft));
  return Status::Ok();
}

Status TableBuilder::DropIndex(std::string_view name) {
  for (size_t i = 0; i < indexes_.size(); ++i) {
    if (!SameIdentifier(indexes_[i].index.name, name)) continue;
    // Hidden columns of expression parts go with their index.
    for (const DraftPart& part : indexes_[i].parts) {
      std::erase_if(columns_, [&](const DraftColumn& draft) {
        return draft.column.is_hidden && draft.column.name == part.column;
      });
    }
    indexes_.erase(indexes_.begin() + static_cast<ptrdiff_t>(i));
    return Status::Ok();
  }
  return Error(ER_CANT_DROP_FIELD_OR_KEY, name);
}
Status TableBuilder::RenameIndex(std::string_view old_name, std::string_view new_name) {
  if (SameIdentifier(new_name, "PRIMARY")) return Error(ER_WRONG_NAME_FOR_INDEX, new_name);
  if (!SameIdentifier(old_name, new_name) && HasIndex(new_name)) return Error(ER_DUP_KEYNAME, new_name);
  for (DraftIndex& draft : indexes_) {
    if (!SameIdentifier(draft.index.name, old_name)) continue;
    if (draft.index.kind == IndexKind::kPrimary) return Error(ER_WRONG_NAME_FOR_INDEX, old_name);
    draft.index.name = new_name;
    return Status::Ok();
  }
  return Error(ER_KEY_DOES_NOT_EXITS, old_name, table_->name);
}
Status TableBuilder::SetIndexVisible(std::string_view name, bool is_visible) {
  for (DraftIndex& draft : indexes_) {
    if (!SameIdentifier(draft.index.name, name)) continue;
    if (draft.index.kind == IndexKind::kPrimary && !is_visible) return Error(ER_PK_INDEX_CANT_BE_INVISIBLE);
    draft.index.is_invisible = !is_visible;
    return Status::Ok();
  }
  return Error(ER_KEY_DOES_NOT_EXITS, name, table_->name);
}

Status TableBuilder::AddForeignKey(const ast::ForeignKeyDefinition& definition) {
  if (definition.match == ast::MatchKind::kPartial) return Error(ER_NOT_SUPPORTED_YET, "MATCH PARTIAL");
  DraftForeignKey draft;
  draft.is_new = true;
  ForeignKey& key = draft.key;
  key.name = definition.constraint_name;
  for (const DraftForeignKey& other : foreign_keys_) {
    if (!key.name.empty() && SameIdentifier(other.key.name, key.name)) return Error(ER_FK_DUP_NAME, key.name);
  }
  for (std::string_view column : definition.columns) draft.columns.emplace_back(column);
  key.referenced_schema =
      definition.referenced_table.schema.empty() ? table_->schema : std::string(definition.referenced_table.schema);
  key.referenced_table = definition.referenced_table.name;
  for (std::string_view column : definition.referenced_columns) key.referenced_columns.emplace_back(column);
  key.on_delete = ToAction(definition.on_delete);
  key.on_update = ToAction(definition.on_update);
  if (key.on_delete == ReferentialAction::kSetDefault || key.on_update == ReferentialAction::kSetDefault) {
    return Error(ER_CANNOT_ADD_FOREIGN);
  }
  const std::string shown = key.name.empty() ? "foreign key without name" : key.name;
  if (key.referenced_columns.empty() || key.referenced_columns.size() != draft.columns.size()) {
    return Error(ER_WRONG_FK_DEF, shown, "Key reference and table reference don't match");
  }
  if (key.name.empty()) {
    // table_ibfk_N with the next free N.
    uint32_t number = 1;
    const std::string prefix = table_->name + "_ibfk_";
    for (const DraftForeignKey& other : foreign_keys_) {
      if (other.key.name.size() > prefix.size() && SameIdentifier(other.key.name.substr(0, prefix.size()), prefix)) {
        number = std::max(number, static_cast<uint32_t>(atoi(other.key.name.c_str() + prefix.size())) + 1);
      }
    }
    key.name = prefix + std::to_string(number);
  }
  if (!definition.index_name.empty() && definition.constraint_name.empty()) {
    // FOREIGN KEY name (...): names the index that is made for it.
    key.name = std::string(definition.index_name);
  }
  foreign_keys_.push_back(std::move(draft));
  return Status::Ok();
}

Status TableBuilder::DropForeignKey(std::string_view name) {
  auto found = std::find_if(foreign_keys_.begin(), foreign_keys_.end(), [&](const DraftForeignKey& draft) {
    return SameIdentifier(draft.key.name, name);
  });
  if (found == foreign_keys_.end()) return Error(ER_CANT_DROP_FIELD_OR_KEY, name);
  foreign_keys_.erase(found);
  return Status::Ok();
}

Status TableBuilder::AddCheck(const ast::CheckDefinition& definition, std::string_view column) {
  CheckConstraint check;
  check.name = definition.name;
  if (CharacterCount(check.name) > kMaxIdentifierCharacters) return Error(ER_TOO_LONG_IDENT, check.name);
  if (check.name.empty()) {
    check.is_generated_name = true;
    for (uint32_t number = 1;; ++number) {
      check.name = table_->name + "_chk_" + std::to_string(number);
      if (std::none_of(table_->checks.begin(), table_->checks.end(), [&](const CheckConstraint& other) {
            return SameIdentifier(other.name, check.name);
          })) {
        break;
      }
    }
  }
  for (const CheckConstraint& other : table_->checks) {
    if (SameIdentifier(other.name, check.name)) return Error(ER_CHECK_CONSTRAINT_DUP_NAME, check.name);
  }
  MAHI_RETURN_IF_ERROR(CheckStoredExpression(definition.expression, StoredExpressionKind::kCheck, check.name));
  check.expression = PrintStoredExpression(definition.expression);
  check.is_enforced = definition.is_enforced;
  if (!column.empty()) {
    for (const std::string& other : StoredExpressionColumns(context_, check.expression)) {
      if (!SameIdentifier(other, column)) {
        return Error(ER_COLUMN_CHECK_CONSTRAINT_REFERENCES_OTHER_COLUMN, check.name);
      }
    }
  }
  table_->checks.push_back(std::move(check));
  return Status::Ok();
}

Status TableBuilder::DropCheck(std::string_view name) {
  size_t removed = std::erase_if(
      table_->checks, [&](const CheckConstraint& check) { return SameIdentifier(check.name, name); });
  if (removed == 0) return Error(ER_CHECK_CONSTRAINT_NOT_FOUND, name);
  return Status::Ok();
}

Status TableBuilder::DropConstraint(std::string_view name) {
  for (const CheckConstraint& check : table_->checks) {
    if (SameIdentifier(check.name, name)) return DropCheck(name);
  }
  for (const DraftForeignKey& draft : foreign_keys_) {
    if (SameIdentifier(draft.key.name, name)) return DropForeignKey(name);
  }
  for (const DraftIndex& draft : indexes_) {
    if (draft.index.is_unique() && SameIdentifier(draft.index.name, name)) return DropIndex(name);
  }
  return Error(ER_CONSTRAINT_NOT_FOUND, name);
}

Status TableBuilder::SetCheckEnforced(std::string_view name, bool is_enforced) {
  for (CheckConstraint& check : table_->checks) {
    if (SameIdentifier(check.name, name)) {
      check.is_enforced = is_enforced;
      return Status::Ok();
    }
  }
  return Error(ER_CHECK_CONSTRAINT_NOT_FOUND, name);
}

Status TableBuilder::ConvertCharset(CollationId collation) {
  table_->collation = collation;
  for (DraftColumn& draft : columns_) {
    SqlType& type = draft.column.type;
    if ((type.IsString() && !type.IsBinaryString()) || type.id == TypeId::kEnum || type.id == TypeId::kSet) {
      type.collation = collation;
    }
  }
  set_must_rebuild();
  return Status::Ok();
}

Status TableBuilder::ResolveParts(const DraftIndex& draft, Index* index) {
  size_t total_bytes = 0;
  index->parts.clear();
  for (const DraftPart& draft_part : draft.parts) {
    IndexPart part;
    bool is_found = false;
    for (uint32_t i = 0; i < columns_.size(); ++i) {
      if (SameIdentifier(columns_[i].column.name, draft_part.column)) {
        part.column = i;
        is_found = true;
      }
    }
    if (!is_found) return Error(ER_KEY_COLUMN_DOES_NOT_EXITS, draft_part.column);
    for (const IndexPart& other : index->parts) {
      if (other.column == part.column) return Error(ER_DUP_FIELDNAME, draft_part.column);
    }
    const Column& column = columns_[part.column].column;
    const SqlType& type = column.type;
    if (type.id == TypeId::kJson) return Error(ER_JSON_USED_AS_KEY, column.name);
    part.prefix_length = draft_part.prefix_length;
    part.is_descending = draft_part.is_descending;
    if (part.prefix_length != 0) {
      if (!type.IsString() || (!type.IsBlob() && part.prefix_length > type.length)) return Error(ER_WRONG_SUB_KEY);
      if (!type.IsBlob() && part.prefix_length == type.length) part.prefix_length = 0;
    } else if (NeedsPrefix(type)) {
      if (column.is_hidden) return Error(ER_FUNCTIONAL_INDEX_ON_LOB);
      return Error(ER_BLOB_KEY_WITHOUT_LENGTH, column.name);
    }
    if (index->kind == IndexKind::kPrimary && column.generated == GeneratedKind::kVirtual) {
      return Error(ER_UNSUPPORTED_ACTION_ON_GENERATED_COLUMN,
                   "Defining a virtual generated column as primary key");
    }
    total_bytes += KeyBytes(type, part.prefix_length);
    if (total_bytes > kMaxKeyBytes) return Error(ER_TOO_LONG_KEY, kMaxKeyBytes);
    index->parts.push_back(part);
  }
  return Status::Ok();
}

Status TableBuilder::EnsureForeignKeyIndex(const ForeignKey& key) {
  for (const DraftIndex& draft : indexes_) {
    if (draft.parts.size() < key.columns.size()) continue;
    bool covers = true;
    for (size_t i = 0; i < key.columns.size() && covers; ++i) {
      covers = SameIdentifier(draft.parts[i].column, columns_[key.columns[i]].column.name) &&
               draft.parts[i].prefix_length == 0;
    }
    if (covers) return Status::Ok();
  }
  DraftIndex draft;
  draft.index.kind = IndexKind::kSecondary;
  draft.index.name = UniqueIndexName(key.name);
  draft.index.is_generated_for_foreign_key = true;
  for (uint32_t column : key.columns) draft.parts.push_back({columns_[column].column.name, 0, false});
  indexes_.push_back(std::move(draft));
  return Status::Ok();
}

Status TableBuilder::CheckForeignKeys() {
  for (DraftForeignKey& draft : foreign_keys_) {
    ForeignKey& key = draft.key;
    key.columns.clear();
    for (const std::string& name : draft.columns) {
      const DraftColumn* column = FindDraft(name);
      if (column == nullptr) return Error(ER_KEY_COLUMN_DOES_NOT_EXITS, name);
      key.columns.push_back(static_cast<uint32_t>(column - columns_.data()));
      const bool sets_null = key.on_delete == ReferentialAction::kSetNull || key.on_update == ReferentialAction::kSetNull;
      if (draft.is_new && sets_null && !column->column.is_nullable) {
        return Error(ER_FK_COLUMN_NOT_NULL, name, key.name);
      }
      if (draft.is_new && column->column.is_virtual()) {
        return Error(ER_FK_CANNOT_USE_VIRTUAL_COLUMN, key.name, name);
      }
    }
    if (table_->is_temporary) return Error(ER_CANNOT_ADD_FOREIGN);
    MAHI_RETURN_IF_ERROR(EnsureForeignKeyIndex(key));
    if (!draft.is_new) continue;

    const bool is_self = key.referenced_schema == table_->schema && key.referenced_table == table_->name;
    std::vector<const Column*> referenced;
    if (is_self) {
      for (const std::string& name : key.referenced_columns) {
        const DraftColumn* column = FindDraft(name);
        if (column == nullptr) return Error(ER_FK_NO_COLUMN_PARENT, name, key.name, key.referenced_table);
        referenced.push_back(&column->column);
      }
    } else {
      MAHI_ASSIGN_OR_RETURN(SchemaObject parent,
                            context_.schema->PeekTable(key.referenced_schema, key.referenced_table));
      if (parent.table == nullptr) {
        if (!context_.foreign_key_checks) continue;
        return Error(ER_FK_CANNOT_OPEN_PARENT, key.referenced_table);
      }
      for (const std::string& name : key.referenced_columns) {
        const Column* column = parent.table->FindColumn(name);
        if (column == nullptr) return Error(ER_FK_NO_COLUMN_PARENT, name, key.name, key.referenced_table);
        referenced.push_back(column);
      }
      bool has_key = std::any_of(
          parent.table->indexes.begin(), parent.table->indexes.end(), [&](const Index& index) {
            if (index.parts.size() < referenced.size()) return false;
            for (size_t i = 0; i < referenced.size(); ++i) {
              if (&parent.table->columns[index.parts[i].column] != referenced[i]) return false;
              if (index.parts[i].prefix_length != 0) return false;
            }
            return true;
          });
      if (!has_key && context_.foreign_key_checks) {
        return Error(ER_FK_NO_INDEX_PARENT, key.name, key.referenced_table);
      }
      for (size_t i = 0; i < referenced.size(); ++i) {
        if (!AreCompatible(columns_[key.columns[i]].column.type, referenced[i]->type)) {
          return Error(ER_FK_INCOMPATIBLE_COLUMNS, columns_[key.columns[i]].column.name, referenced[i]->name,
                       key.name);
        }
      }
      continue;
    }
    bool has_key = std::any_of(indexes_.begin(), indexes_.end(), [&](const DraftIndex& index) {
      if (index.parts.size() < referenced.size()) return false;
      for (size_t i = 0; i < referenced.size(); ++i) {
        if (!SameIdentifier(index.parts[i].column, referenced[i]->name)) return false;
      }
      return true;
    });
    if (!has_key && context_.foreign_key_checks) return Error(ER_FK_NO_INDEX_PARENT, key.name, table_->name);
  }
  return Status::Ok();
}

Status TableBuilder::CheckPrimaryKeyColumns() {
  for (DraftIndex& draft : indexes_) {
    if (draft.index.kind != IndexKind::kPrimary) continue;
    for (const DraftPart& part : draft.parts) {
      DraftColumn* column = FindDraft(part.column);
      if (column == nullptr) return Error(ER_KEY_COLUMN_DOES_NOT_EXITS, part.column);
      if (column->is_null_explicit) return Error(ER_PRIMARY_CANT_HAVE_NULL);
      if (column->column.is_nullable) {
        column->column.is_nullable = false;
        if (column->column.default_kind == DefaultKind::kNull) column->column.default_kind = DefaultKind::kNone;
      }
    }
  }
  return Status::Ok();
}

Status TableBuilder::CheckExpressions() {
  for (const CheckConstraint& check : table_->checks) {
    for (const std::string& name : StoredExpressionColumns(context_, check.expression)) {
      const DraftColumn* column = FindDraft(name);
      if (column == nullptr) {
        bool was_dropped = std::any_of(dropped_names_.begin(), dropped_names_.end(), [&](const std::string& dropped) {
          return SameIdentifier(dropped, name);
        });
        if (was_dropped || old_table_ != nullptr) return Error(ER_DEPENDENT_BY_CHECK_CONSTRAINT, check.name, name);
        return Error(ER_CHECK_CONSTRAINT_REFERS_UNKNOWN_COLUMN, check.name, name);
      }
      if (column->column.is_auto_increment) {
        return Error(ER_CHECK_CONSTRAINT_REFERS_AUTO_INCREMENT_COLUMN, check.name);
      }
    }
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i].column;
    if (column.generated == GeneratedKind::kNone) continue;
    for (const std::string& name : StoredExpressionColumns(context_, column.generated_expression)) {
      const DraftColumn* other = FindDraft(name);
      if (other == nullptr) {
        for (const std::string& dropped : dropped_names_) {
          if (!SameIdentifier(dropped, name)) continue;
          if (column.is_hidden) return Error(ER_DEPENDENT_BY_FUNCTIONAL_INDEX, name);
          return Error(ER_DEPENDENT_BY_GENERATED_COLUMN, name);
        }
        return Error(ER_BAD_FIELD_ERROR, name,
                     column.is_hidden ? "functional index" : "generated column function");
      }
      if (other->column.is_auto_increment && !column.is_hidden) {
        return Error(ER_GENERATED_COLUMN_REF_AUTO_INC, column.name);
      }
      if (other->column.generated != GeneratedKind::kNone && !column.is_hidden &&
          static_cast<size_t>(other - columns_.data()) >= i) {
        return Error(ER_GENERATED_COLUMN_NON_PRIOR);
      }
    }
  }
  return Status::Ok();
}

Result<std::shared_ptr<TableDefinition>> TableBuilder::Finish() {
  bool has_visible = false;
  size_t auto_columns = 0;
  size_t row_bytes = 0;
  // Hidden columns stand behind the others.
  std::stable_partition(columns_.begin(), columns_.end(),
                        [](const DraftColumn& draft) { return !draft.column.is_hidden; });
  for (const DraftColumn& draft : columns_) {
    has_visible |= !draft.column.is_invisible;
    auto_columns += draft.column.is_auto_increment;
    row_bytes += draft.column.type.IsBlob() || draft.column.type.id == TypeId::kJson
                     ? 12
                     : draft.column.type.IsString() ? KeyBytes(draft.column.type, 0) : FixedBytes(draft.column.type);
  }
  if (columns_.empty()) {
    return old_table_ != nullptr ? Status(Error(ER_CANT_REMOVE_ALL_FIELDS)) : Status(Error(ER_TABLE_MUST_HAVE_COLUMNS));
  }
  if (!has_visible) return Error(ER_TABLE_MUST_HAVE_A_VISIBLE_COLUMN);
  if (columns_.size() > kMaxColumns) return Error(ER_TOO_MANY_FIELDS);
  if (auto_columns > 1) return Error(ER_WRONG_AUTO_KEY);
  if (row_bytes > kMaxRowBytes) return Error(ER_TOO_BIG_ROWSIZE, kMaxRowBytes);
  MAHI_RETURN_IF_ERROR(CheckPrimaryKeyColumns());
  MAHI_RETURN_IF_ERROR(CheckExpressions());

  // Types of the hidden columns of expression keys follow from their expressions.
  if (std::any_of(columns_.begin(), columns_.end(),
                  [](const DraftColumn& draft) { return draft.column.type.id == TypeId::kNull; })) {
    TableDefinition probe = *table_;
    probe.columns.clear();
    for (const DraftColumn& draft : columns_) {
      if (!draft.column.is_hidden) probe.columns.push_back(draft.column);
    }
    std::vector<ColumnId> row;
    for (size_t i = 0; i < probe.columns.size(); ++i) row.push_back(plan_->next_column_id++);
    for (DraftColumn& draft : columns_) {
      if (draft.column.type.id != TypeId::kNull || !draft.column.is_hidden) continue;
      MAHI_ASSIGN_OR_RETURN(ast::Expression * expression,
                            context_.parse_expression(plan_->arena.Copy(draft.column.generated_expression),
                                                      context_.sql_mode, &plan_->arena));
      MAHI_ASSIGN_OR_RETURN(Expression * bound,
                            BindRowExpression(context_, probe, row, expression, "functional index", plan_));
      draft.column.type = bound->type;
      if (draft.column.type.IsBlob() && draft.column.type.length <= kMaxKeyBytes) draft.column.type.id = TypeId::kVarchar;
    }
  }

  MAHI_RETURN_IF_ERROR(CheckForeignKeys());
  if (indexes_.size() > kMaxIndexes) return Error(ER_TOO_MANY_KEYS, kMaxIndexes);

  // Auto-made foreign key indexes give way to explicit ones that cover them.
  for (size_t i = 0; i < indexes_.size();) {
    const DraftIndex& candidate = indexes_[i];
    bool is_covered = false;
    if (candidate.index.is_generated_for_foreign_key) {
      for (size_t j = 0; j < indexes_.size() && !is_covered; ++j) {
        if (j == i || indexes_[j].parts.size() < candidate.parts.size()) continue;
        if (indexes_[j].index.is_generated_for_foreign_key && j > i) continue;
        is_covered = true;
        for (size_t k = 0; k < candidate.parts.size() && is_covered; ++k) {
          is_covered = SameIdentifier(indexes_[j].parts[k].column, candidate.parts[k].column) &&
                       indexes_[j].parts[k].prefix_length == 0;
        }
      }
    }
    if (is_covered) {
      indexes_.erase(indexes_.begin() + static_cast<ptrdiff_t>(i));
    } else {
      ++i;
    }
  }

  table_->columns.clear();
  for (const DraftColumn& draft : columns_) table_->columns.push_back(draft.column);
  table_->indexes.clear();
  for (DraftIndex& draft : indexes_) {
    Index index = draft.index;
    MAHI_RETURN_IF_ERROR(ResolveParts(draft, &index));
    table_->indexes.push_back(std::move(index));
  }
  // PRIMARY, unique keys without nullable parts, other unique keys, the rest: as MySQL sorts them.
  auto rank = [&](const Index& index) {
    if (index.kind == IndexKind::kPrimary) return 0;
    if (index.kind != IndexKind::kUnique) return 3;
    for (const IndexPart& part : index.parts) {
      if (table_->columns[part.column].is_nullable) return 2;
    }
    return 1;
  };
  std::stable_sort(table_->indexes.begin(), table_->indexes.end(),
                   [&](const Index& a, const Index& b) { return rank(a) < rank(b); });
  table_->foreign_keys.clear();
  for (DraftForeignKey& draft : foreign_keys_) table_->foreign_keys.push_back(draft.key);

  if (auto ordinal = table_->auto_increment_column()) {
    bool is_key = std::any_of(table_->indexes.begin(), table_->indexes.end(), [&](const Index& index) {
      return index.parts[0].column == *ordinal;
    });
    if (!is_key) return Error(ER_WRONG_AUTO_KEY);
  }
  if (table_->primary_key() == nullptr) {
    // The hidden row id; a table that loses its primary key gets one.
  } else {
    table_->hidden_index_id = 0;
  }
  return std::move(table_);
}

std::vector<std::optional<uint32_t>> TableBuilder::SourceColumns() const {
  std::vector<std::optional<uint32_t>> sources;
  for (const DraftColumn& draft : columns_) sources.push_back(draft.source);
  return sources;
}

Result<RowExpressions> TableBuilder::BindExpressions(const TableDefinition& table) {
  return BindRowExpressions(context_, table, plan_);
}

}  // namespace mahi
