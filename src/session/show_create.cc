#include "session/show_create.h"

#include "types/conversion.h"

namespace mahi {

std::string QuoteIdentifier(std::string_view name, bool ansi_quotes) {
  const char quote = ansi_quotes ? '"' : '`';
  std::string text(1, quote);
  for (char c : name) {
    if (c == quote) text += quote;
    text += c;
  }
  text += quote;
  return text;
}

std::string QuoteText(std::string_view input) {
  std::string text = "'";
  for (char c : input) {
    switch (c) {
      case '\'':
        text += "''";
        break;
      case '\\':
        text += "\\\\";
        break;
      case '\0':
        text += "\\0";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\r':
        text += "\\r";
        break;
      default:
        text += c;
    }
  }
  return text + "'";
}

namespace {

std::string DefaultText(const Column& column) {
  switch (column.default_kind) {
    case DefaultKind::kNone:
      return "";
    case DefaultKind::kNull:
      if (column.type.id == TypeId::kTimestamp) return " NULL DEFAULT NULL";
      if (column.type.IsBlob() || column.type.IsJson()) return "";
      return " DEFAULT NULL";
    case DefaultKind::kLiteral:
      if (column.type.id == TypeId::kBit) {
        std::string bits;
        for (uint64_t value = column.default_value.uint64(); value != 0; value >>= 1) {
          bits.insert(bits.begin(), static_cast<char>('0' + (value & 1)));
        }
        return " DEFAULT b'" + (bits.empty() ? std::string("0") : bits) + "'";
      }
      return " DEFAULT " + QuoteText(column.default_text);
    case DefaultKind::kNow:
      return column.type.decimals == 0 ? " DEFAULT CURRENT_TIMESTAMP"
                                       : fmt::format(" DEFAULT CURRENT_TIMESTAMP({})", column.type.decimals);
    case DefaultKind::kExpression:
      return " DEFAULT (" + column.default_expression + ")";
  }
  MAHI_UNREACHABLE();
}

std::string ColumnText(const TableDefinition& table, const Column& column, bool ansi_quotes) {
  std::string text = "  " + QuoteIdentifier(column.name, ansi_quotes) + " " + column.type.ToSql();
  const SqlType& type = column.type;
  if (type.IsCharacterString() || type.IsEnumOrSet()) {
    const Collation& collation = CollationOrBinary(type.collation);
    if (type.collation != table.collation) {
      const bool is_other_set = collation.charset().id != CollationOrBinary(table.collation).charset().id;
      if (is_other_set || !collation.is_default()) {
        text += std::string(" CHARACTER SET ") + collation.charset().name;
        if (!collation.is_default()) text += " COLLATE " + std::string(collation.name());
      } else {
        text += std::string(" CHARACTER SET ") + collation.charset().name + " COLLATE " + std::string(collation.name());
      }
    } else if (!collation.is_default()) {
      text += " COLLATE " + std::string(collation.name());
    }
  }
  if (column.generated != GeneratedKind::kNone) {
    text += " GENERATED ALWAYS AS (" + column.generated_expression + ")";
    text += column.generated == GeneratedKind::kStored ? " STORED" : " VIRTUAL";
    if (!column.is_nullable) text += " NOT NULL";
  } else {
    if (!column.is_nullable) {
      text += " NOT NULL";
    } else if (type.id == TypeId::kTimestamp && column.default_kind != DefaultKind::kNull) {
      text += " NULL";
    }
    text += DefaultText(column);
    if (column.on_update_now) {
      text += type.decimals == 0 ? " ON UPDATE CURRENT_TIMESTAMP"
                                 : fmt::format(" ON UPDATE CURRENT_TIMESTAMP({})", type.decimals);
    }
    if (column.is_auto_increment) text += " AUTO_INCREMENT";
  }
  if (column.is_invisible) text += " /*!80023 INVISIBLE */";
  if (!column.comment.empty()) text += " COMMENT " + QuoteText(column.comment);
  return text;
}

std::string IndexText(const TableDefinition& table, const Index& index, bool ansi_quotes) {
  std::string text = "  ";
  switch (index.kind) {
    case IndexKind::kPrimary:
      text += "PRIMARY KEY";
      break;
    case IndexKind::kUnique:
      text += "UNIQUE KEY " + QuoteIdentifier(index.name, ansi_quotes);
      break;
    case IndexKind::kSecondary:
      text += "KEY " + QuoteIdentifier(index.name, ansi_quotes);
      break;
    case IndexKind::kFulltext:
      text += "FULLTEXT KEY " + QuoteIdentifier(index.name, ansi_quotes);
      break;
    case IndexKind::kSpatial:
      text += "SPATIAL KEY " + QuoteIdentifier(index.name, ansi_quotes);
      break;
  }
  text += " (";
  for (size_t i = 0; i < index.parts.size(); ++i) {
    if (i > 0) text += ",";
    const Column& column = table.columns[index.parts[i].column];
    if (column.is_hidden) {
      text += "(" + column.generated_expression + ")";
    } else {
      text += QuoteIdentifier(column.name, ansi_quotes);
      if (index.parts[i].prefix_length != 0) text += fmt::format("({})", index.parts[i].prefix_length);
    }
    if (index.parts[i].is_descending) text += " DESC";
  }
  text += ")";
  if (!index.algorithm.empty()) text += " USING " + index.algorithm;
  if (!index.comment.empty()) text += " COMMENT " + QuoteText(index.comment);
  if (index.is_invisible) text += " /*!80000 INVISIBLE */";
  return text;
}

const char* ActionText(ReferentialAction action) {
  switch (action) {
    case ReferentialAction::kNoAction:
      return nullptr;
    case ReferentialAction::kRestrict:
      return "RESTRICT";
    case ReferentialAction::kCascade:
      return "CASCADE";
    case ReferentialAction::kSetNull:
      return "SET NULL";
    case ReferentialAction::kSetDefault:
      return "SET DEFAULT";
  }
  MAHI_UNREACHABLE();
}

std::string ForeignKeyText(const TableDefinition& table, const ForeignKey& key, bool ansi_quotes) {
  std::string text = "  CONSTRAINT " + QuoteIdentifier(key.name, ansi_quotes) + " FOREIGN KEY (";
  for (size_t i = 0; i < key.columns.size(); ++i) {
    if (i > 0) text += ", ";
    text += QuoteIdentifier(table.columns[key.columns[i]].name, ansi_quotes);
  }
  text += ") REFERENCES ";
  if (key.referenced_schema != table.schema) text += QuoteIdentifier(key.referenced_schema, ansi_quotes) + ".";
  text += QuoteIdentifier(key.referenced_table, ansi_quotes) + " (";
  for (size_t i = 0; i < key.referenced_columns.size(); ++i) {
    if (i > 0) text += ", ";
    text += QuoteIdentifier(key.referenced_columns[i], ansi_quotes);
  }
  text += ")";
  if (const char* action = ActionText(key.on_delete)) text += std::string(" ON DELETE ") + action;
  if (const char* action = ActionText(key.on_update)) text += std::string(" ON UPDATE ") + action;
  return text;
}

}  // namespace

std::string ShowCreateTable(const TableDefinition& table, uint64_t auto_increment, bool, bool ansi_quotes, uint64_t) {
  std::string text = table.is_temporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ";
  text += QuoteIdentifier(table.name, ansi_quotes) + " (\n";
  bool is_first = true;
  auto add = [&](const std::string& line) {
    if (!is_first) text += ",\n";
    is_first = false;
    text += line;
  };
  for (const Column& column : table.columns) {
    if (!column.is_hidden) add(ColumnText(table, column, ansi_quotes));
  }
  for (const Index& index : table.indexes) add(IndexText(table, index, ansi_quotes));
  for (const ForeignKey& key : table.foreign_keys) add(ForeignKeyText(table, key, ansi_quotes));
  for (const CheckConstraint& check : table.checks) {
    add("  CONSTRAINT " + QuoteIdentifier(check.name, ansi_quotes) + " CHECK (" + check.expression + ")" +
        (check.is_enforced ? "" : " /*!80016 NOT ENFORCED */"));
  }
  text += "\n) ENGINE=" + table.engine;
  if (auto_increment > 1) text += fmt::format(" AUTO_INCREMENT={}", auto_increment);
  const Collation& collation = CollationOrBinary(table.collation);
  text += std::string(" DEFAULT CHARSET=") + collation.charset().name;
  if (!collation.is_default() || collation.id() == kCollationUtf8mb4_0900AiCi) {
    text += " COLLATE=" + std::string(collation.name());
  }
  text += table.create_options;
  if (!table.row_format.empty()) text += " ROW_FORMAT=" + table.row_format;
  if (!table.comment.empty()) text += " COMMENT=" + QuoteText(table.comment);
  return text;
}

std::string ShowCreateView(const ViewDefinition& view, bool ansi_quotes) {
  static constexpr const char* kAlgorithms[] = {"UNDEFINED", "MERGE", "TEMPTABLE"};
  std::string text = fmt::format("CREATE ALGORITHM={} DEFINER={}@{} SQL SECURITY {} VIEW {} ",
                                 kAlgorithms[static_cast<size_t>(view.algorithm)], QuoteIdentifier(view.definer_user, ansi_quotes),
                                 QuoteIdentifier(view.definer_host, ansi_quotes),
                                 view.is_security_invoker ? "INVOKER" : "DEFINER", QuoteIdentifier(view.name, ansi_quotes));
  text += "(";
  for (size_t i = 0; i < view.columns.size(); ++i) {
    if (i > 0) text += ",";
    text += QuoteIdentifier(view.columns[i], ansi_quotes);
  }
  text += ") AS " + view.select_text;
  if (view.check_option == ViewCheckOption::kLocal) text += " WITH LOCAL CHECK OPTION";
  if (view.check_option == ViewCheckOption::kCascaded) text += " WITH CASCADED CHECK OPTION";
  return text;
}

std::string ShowCreateDatabase(const SchemaDefinition& schema, bool if_not_exists, bool ansi_quotes) {
  const Collation& collation = CollationOrBinary(schema.collation);
  std::string text = std::string("CREATE DATABASE ") + (if_not_exists ? "/*!32312 IF NOT EXISTS*/ " : "") +
                     QuoteIdentifier(schema.name, ansi_quotes) + " /*!40100 DEFAULT CHARACTER SET " +
                     collation.charset().name;
  if (!collation.is_default() || collation.id() == kCollationUtf8mb4_0900AiCi) {
    text += " COLLATE " + std::string(collation.name());
  }
  text += " */ /*!80016 DEFAULT ENCRYPTION='N' */";
  if (schema.is_read_only) text += " /* READ ONLY=1 */";
  return text;
}

}  // namespace mahi
