#include "client/cli/completion.h"

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <cstring>

namespace mahi::client {
namespace {

// Words worth completing: statements, clauses, types and common functions.
constexpr const char* kWords[] = {
    "ADD", "ADDDATE(", "AFTER", "ALGORITHM", "ALL", "ALTER", "ANALYZE", "AND", "ANY", "AS", "ASC", "AUTO_INCREMENT",
    "AVG(", "BEGIN", "BETWEEN", "BIGINT", "BINARY", "BIT", "BLOB", "BOOLEAN", "BY", "CALL", "CASCADE", "CASE", "CAST(",
    "CHANGE", "CHAR", "CHARACTER", "CHARSET", "CHECK", "COALESCE(", "COLLATE", "COLUMN", "COLUMNS", "COMMENT", "COMMIT",
    "CONCAT(", "CONCAT_WS(", "CONSTRAINT", "CONVERT(", "COUNT(", "CREATE", "CROSS", "CURDATE(", "CURRENT_DATE",
    "CURRENT_TIMESTAMP", "CURRENT_USER", "CURTIME(", "DATABASE", "DATABASES", "DATE", "DATEDIFF(", "DATETIME",
    "DATE_ADD(", "DATE_FORMAT(", "DATE_SUB(", "DECIMAL", "DEFAULT", "DELETE", "DENSE_RANK(", "DESC", "DESCRIBE",
    "DISTINCT", "DOUBLE", "DROP", "DUPLICATE", "ELSE", "END", "ENGINE", "ENUM", "ESCAPE", "EVENT", "EXCEPT", "EXECUTE",
    "EXISTS", "EXPLAIN", "EXTRACT(", "FALSE", "FIRST", "FIRST_VALUE(", "FLOAT", "FLUSH", "FOR", "FORCE", "FOREIGN",
    "FORMAT(", "FROM", "FULL", "FUNCTION", "GENERATED", "GLOBAL", "GRANT", "GRANTS", "GREATEST(", "GROUP",
    "GROUP_CONCAT(", "HAVING", "HELP", "IDENTIFIED", "IF", "IF(", "IFNULL(", "IGNORE", "IN", "INDEX", "INDEXES",
    "INNER", "INSERT", "INT", "INTEGER", "INTERSECT", "INTERVAL", "INTO", "IS", "JOIN", "JSON", "JSON_ARRAY(",
    "JSON_ARRAYAGG(", "JSON_EXTRACT(", "JSON_OBJECT(", "JSON_OBJECTAGG(", "JSON_SET(", "JSON_TABLE(", "KEY", "KEYS",
    "KILL", "LAG(", "LAST_INSERT_ID(", "LAST_VALUE(", "LATERAL", "LEAD(", "LEAST(", "LEFT", "LENGTH(", "LIKE", "LIMIT",
    "LOAD", "LOCAL", "LOCK", "LONGBLOB", "LONGTEXT", "LOWER(", "MAX(", "MEDIUMINT", "MEDIUMTEXT", "MIN(", "MODIFY",
    "NATURAL", "NOT", "NOW(", "NULL", "NULLIF(", "OFFSET", "ON", "OPTIMIZE", "OR", "ORDER", "OUTER", "OVER",
    "PARTITION", "PREPARE", "PRIMARY", "PRIVILEGES", "PROCEDURE", "PROCESSLIST", "RANK(", "READ", "RECURSIVE",
    "REFERENCES", "REGEXP", "RENAME", "REPLACE", "REPLACE(", "RESTRICT", "RETURNS", "REVOKE", "RIGHT", "ROLE",
    "ROLLBACK", "ROLLUP", "ROUND(", "ROW_NUMBER(", "SAVEPOINT", "SCHEMA", "SELECT", "SESSION", "SET", "SHARE", "SHOW",
    "SIGNED", "SMALLINT", "START", "STATUS", "STORED", "SUBSTRING(", "SUM(", "TABLE", "TABLES", "TEMPORARY", "TEXT",
    "THEN", "TIME", "TIMESTAMP", "TIMESTAMPDIFF(", "TINYINT", "TO", "TRANSACTION", "TRIGGER", "TRIGGERS", "TRIM(",
    "TRUE", "TRUNCATE", "UNION", "UNIQUE", "UNLOCK", "UNSIGNED", "UPDATE", "UPPER(", "USE", "USER", "USING", "VALUES",
    "VARBINARY", "VARCHAR", "VARIABLES", "VIEW", "VIRTUAL", "WARNINGS", "WHEN", "WHERE", "WINDOW", "WITH", "YEAR",
};

constexpr size_t kMaxNames = 20'000;

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || (c & 0x80) != 0;
}

bool BeginsWith(std::string_view word, std::string_view prefix) {
  return word.size() >= prefix.size() && strncasecmp(word.data(), prefix.data(), prefix.size()) == 0;
}

std::string Identifier(const std::string& name) {
  bool plain = !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
               std::all_of(name.begin(), name.end(), IsWordCharacter) && !IsKeyword(name);
  return plain ? name : QuoteIdentifier(name);
}

}  // namespace

bool IsKeyword(std::string_view word) {
  for (const char* one : kWords) {
    if (std::strlen(one) == word.size() && strncasecmp(one, word.data(), word.size()) == 0) return true;
  }
  return false;
}

void Completion::AddTable(const std::string& schema, const std::string& table,
                          const std::vector<std::string>& columns, bool is_current) {
  if (std::find(databases_.begin(), databases_.end(), schema) == databases_.end()) databases_.push_back(schema);
  tables_of_[schema].push_back(table);
  if (!is_current) return;
  tables_.push_back(table);
  columns_of_[table] = columns;
}

void Completion::Load(Connection* connection) {
  databases_.clear();
  tables_of_.clear();
  columns_of_.clear();
  tables_.clear();
  is_loaded_ = true;
  Row row;
  auto each = [&](const char* sql, auto take) {
    Expected<Result> result = connection->Query(sql);
    if (!result.ok()) return;
    size_t count = 0;
    while (true) {
      Expected<bool> more = result->Next(&row);
      if (!more.ok() || !*more || ++count > kMaxNames) break;
      take();
    }
  };
  each("SHOW DATABASES", [&] { databases_.push_back(row[0].AsString()); });
  each("SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_SCHEMA = DATABASE() FROM INFORMATION_SCHEMA.TABLES", [&] {
    tables_of_[row[0].AsString()].push_back(row[1].AsString());
    if (row[2].AsInt64() == 1) tables_.push_back(row[1].AsString());
  });
  each("SELECT TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = DATABASE()",
       [&] { columns_of_[row[0].AsString()].push_back(row[1].AsString()); });
}

LineEditor::Candidates Completion::Complete(std::string_view line, size_t cursor) const {
  LineEditor::Candidates out;
  size_t begin = cursor;
  while (begin > 0 && IsWordCharacter(line[begin - 1])) --begin;
  std::string_view word = line.substr(begin, cursor - begin);
  out.begin = begin;
  if (begin > 0 && line[begin - 1] == '\\') return out;
  auto add = [&](const std::string& name) {
    if (BeginsWith(name, word)) out.words.push_back(Identifier(name));
  };

  if (begin > 0 && line[begin - 1] == '.') {
    // The qualifier: a database, a table, or an alias of one.
    size_t end = begin - 1, from = end;
    while (from > 0 && (IsWordCharacter(line[from - 1]) || line[from - 1] == '`')) --from;
    std::string qualifier(line.substr(from, end - from));
    qualifier.erase(std::remove(qualifier.begin(), qualifier.end(), '`'), qualifier.end());
    if (auto tables = tables_of_.find(qualifier); tables != tables_of_.end()) {
      for (const std::string& name : tables->second) add(name);
    }
    auto columns = columns_of_.find(qualifier);
    if (columns == columns_of_.end()) {
      // `FROM customer c`: the word before the alias.
      for (size_t at = 0; (at = line.find(qualifier, at)) != std::string_view::npos; at += qualifier.size()) {
        if (at == from || at == 0) continue;
        std::string_view before = line.substr(0, at);
        while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
        if (before.size() > 3 && BeginsWith(before.substr(before.size() - 3), " as")) {
          before.remove_suffix(3);
          while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
        }
        size_t table_from = before.size();
        while (table_from > 0 && IsWordCharacter(before[table_from - 1])) --table_from;
        columns = columns_of_.find(std::string(before.substr(table_from)));
        if (columns != columns_of_.end()) break;
      }
    }
    if (columns != columns_of_.end()) {
      for (const std::string& name : columns->second) add(name);
    }
  } else {
    if (word.empty() && line.find_first_not_of(' ') == std::string_view::npos) return out;
    bool lower = !word.empty() && std::islower(static_cast<unsigned char>(word[0]));
    if (!word.empty()) {
      for (const char* one : kWords) {
        if (!BeginsWith(one, word)) continue;
        std::string text = one;
        if (lower) {
          for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        out.words.push_back(text);
      }
    }
    for (const std::string& name : databases_) add(name);
    for (const std::string& name : tables_) add(name);
    for (const auto& [table, columns] : columns_of_) {
      // Columns of the tables that the line names.
      if (line.find(table) == std::string_view::npos && word.empty()) continue;
      for (const std::string& name : columns) add(name);
    }
  }
  std::sort(out.words.begin(), out.words.end());
  out.words.erase(std::unique(out.words.begin(), out.words.end()), out.words.end());
  return out;
}

}  // namespace mahi::client
