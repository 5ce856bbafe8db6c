// TableWriter: inserts, updates and deletes rows with all their indexes, unique checks, foreign keys and
// counters.
//
// Rows are spans of Datum in column order, complete and already converted: NOT NULL, CHECK and generated columns
// (VIRTUAL ones too, which are stored like the others) are the caller's work. Each call changes everything that belongs to the row or, on an
// error, nothing.
//
// Errors: ER_DUP_ENTRY (1062), ER_NO_REFERENCED_ROW_2 (1452), ER_ROW_IS_REFERENCED_2 (1451),
// ER_AUTOINC_READ_FAILED (1467), ER_RECORD_FILE_FULL, lock errors.
// Source: MySQL 8.4 manual, "FOREIGN KEY Constraints", "AUTO_INCREMENT Handling in InnoDB".
// Thread safety: one thread; one writer for each table and statement (or kept by a prepared statement).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "table/table_context.h"

namespace mahi {

// The row that stands in the way of an insert or update.
struct DuplicateRow {
  uint32_t index = 0;     // position in TableDefinition::indexes
  std::string locator;    // of the existing row, which is locked now
  std::string key_text;   // '1-a' of the message
};

class TableWriter {
 public:
  static Result<std::unique_ptr<TableWriter>> Open(TableContext* context, TableRef table);
  virtual ~TableWriter() = default;

  // AUTO_INCREMENT. Call before Insert for each row; `row[auto column]` is NULL or 0 (unless
  // NO_AUTO_VALUE_ON_ZERO) when a value shall be generated, which is then stored there. Returns the generated value or 0.
  virtual Result<uint64_t> AssignAutoIncrement(std::span<Datum> row) = 0;
  // How many rows will follow, when it is known: reserves them together.
  virtual void ExpectRows(uint64_t count) = 0;

  // Fails with 1062 when a unique key exists.
  virtual Status Insert(std::span<const Datum> row) = 0;
  // False, and `*duplicate` set, when a unique key exists: the first one in index order. Nothing is changed then.
  virtual Result<bool> TryInsert(std::span<const Datum> row, DuplicateRow* duplicate) = 0;
  // `old_row` is the row at `locator` as it was read under an exclusive lock.
  virtual Status Update(std::string_view locator, std::span<const Datum> old_row, std::span<const Datum> new_row) = 0;
  virtual Result<bool> TryUpdate(std::string_view locator, std::span<const Datum> old_row,
                                 std::span<const Datum> new_row, DuplicateRow* duplicate) = 0;
  virtual Status Delete(std::string_view locator, std::span<const Datum> old_row) = 0;
  // The 1062 error for a duplicate.
  virtual Error DuplicateError(const DuplicateRow& duplicate) const = 0;

  // Reads all columns of a row under an exclusive lock; false: it is gone. `row` is valid until the next call.
  virtual Result<bool> Read(std::string_view locator, std::vector<Datum>* row) = 0;
  // Where the last inserted or updated row is now.
  virtual std::string_view last_locator() const = 0;
  virtual const TableRef& table() const = 0;
};

}  // namespace mahi
