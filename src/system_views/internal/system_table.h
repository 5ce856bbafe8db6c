// A system view as a declaration and a fill function, and what fill functions write their rows with.
//
//   Declare(catalog, "information_schema", "ENGINES", "ENGINE varchar(64) NOT NULL, SUPPORT varchar(8) NOT NULL", Engines);
//
// Columns are declared in the form of DESCRIBE: "NAME type [NOT NULL], ...". Types: tinyint smallint int bigint (+ unsigned),
// float, double, decimal(p,s), date, year, time, timestamp[(n)], datetime[(n)], char(n), varchar(n), text, mediumtext, longtext, blob,
// longblob, binary(n), varbinary(n), json, enum('a','b'), set('a','b'), and identifier: varchar(64) of names that compare
// exactly (databases, tables).
// Thread safety: declarations at start-up; a ViewScan belongs to one scan.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/virtual_table.h"
#include "system_views/host.h"
#include "types/temporal.h"

namespace mahi {

// One scan of a system view: whom it is for, what it looks for, and the row that is being written. Values are written
// column after column; those that the query does not read are dropped at once.
class ViewScan {
 public:
  ViewScan(VirtualScanContext& context, const TableDefinition& definition, const std::vector<uint32_t>& ordinals,
           const std::vector<VirtualLookup>& lookups, BatchSink* sink);

  VirtualScanContext& context() { return context_; }
  Catalog& catalog() { return *context_.catalog; }
  Transaction* transaction() { return context_.transaction; }
  // Null in scans without a session: everything may be seen.
  SystemViewHost* host() { return static_cast<SystemViewHost*>(context_.host); }
  SecurityContext* security();
  const TimeZone& time_zone() const;
  bool is_killed() const { return context_.kill_flag != nullptr && context_.kill_flag->load(std::memory_order_relaxed) != 0; }

  // The text that the query wants `column` to equal, when it says so.
  const std::string* Lookup(std::string_view column) const;
  // False when a lookup on `column` rules `value` out. Text compares without case, so that no collation loses rows.
  bool MayMatch(std::string_view column, std::string_view value) const;

  // Whether the query reads the column that is written next; for values that are dear to compute.
  bool wants() const { return slots_[next_] >= 0; }
  bool Wants(std::string_view column) const;

  ViewScan& Text(std::string_view text);  // ENUM, SET and JSON columns take their text
  ViewScan& TextOrNull(std::string_view text) { return text.empty() ? Null() : Text(text); }
  ViewScan& YesNo(bool yes) { return Text(yes ? "YES" : "NO"); }
  ViewScan& Number(int64_t number);
  ViewScan& Unsigned(uint64_t number);
  ViewScan& Real(double number);
  ViewScan& Null();
  ViewScan& Nulls(uint32_t count);
  // Microseconds since the epoch, in the session's time zone; 0: NULL.
  ViewScan& Moment(int64_t micros);
  // REQUIRES: every column was written.
  Status EndRow();
  Status Finish();

 private:
  Batch& batch();

  VirtualScanContext& context_;
  const TableDefinition& definition_;
  const std::vector<uint32_t>& ordinals_;
  std::vector<int32_t> slots_;  // of each column: its vector, or -1; one more at the end
  std::vector<std::pair<std::string_view, std::string>> lookups_;
  BatchSink* sink_;
  Batch* batch_ = nullptr;
  uint32_t row_ = 0;
  uint32_t next_ = 0;
};

using FillView = Status (*)(ViewScan& scan);

// A column list as above.
std::vector<Column> ParseColumns(std::string_view declaration, CollationId collation);

void Declare(Catalog* catalog, std::string_view schema, std::string_view name, std::string_view columns, FillView fill,
             double estimated_rows = 100);
// A view that never has rows here.
void DeclareEmpty(Catalog* catalog, std::string_view schema, std::string_view name, std::string_view columns);

// A table or view that the session may see.
struct VisibleObject {
  const std::string& schema;
  const std::string& name;
  TableRef table;  // stored or virtual
  ViewRef view;
  bool is_virtual = false;
};

bool CanSeeDatabase(ViewScan& scan, std::string_view schema);
bool CanSeeTable(ViewScan& scan, std::string_view schema, std::string_view name);
// Whether the session has any of `privileges` on the table or, when `columns_count`, on one of its columns.
bool HasAnyPrivilege(ViewScan& scan, std::string_view schema, std::string_view table, PrivilegeSet privileges);

// Databases that the session may see, narrowed by a lookup on `schema_column`.
Status ForEachSchema(ViewScan& scan, std::string_view schema_column, const std::function<Status(const SchemaRef&)>& visit);
// Tables and views, narrowed by lookups.
Status ForEachObject(ViewScan& scan, std::string_view schema_column, std::string_view table_column,
                     const std::function<Status(const VisibleObject&)>& visit);
// Stored tables only.
Status ForEachTable(ViewScan& scan, std::string_view schema_column, std::string_view table_column,
                    const std::function<Status(const TableRef&)>& visit);

// The eight columns DATA_TYPE .. COLLATION_NAME that COLUMNS, PARAMETERS and ROUTINES share.
void WriteTypeColumns(ViewScan& scan, const SqlType& type);

// Groups of views; each declares its own.
void DeclareTableViews(Catalog* catalog);
void DeclareColumnViews(Catalog* catalog);
void DeclareConstraintViews(Catalog* catalog);
void DeclareCharsetViews(Catalog* catalog);
void DeclareServerViews(Catalog* catalog);
void DeclareRoutineViews(Catalog* catalog);
void DeclarePrivilegeViews(Catalog* catalog);
void DeclareInnodbViews(Catalog* catalog);
void DeclareMiscellaneousViews(Catalog* catalog);
void DeclareEventViews(Catalog* catalog);
void DeclareReplicationViews(Catalog* catalog);
void DeclareLockViews(Catalog* catalog);
void DeclareSys(Catalog* catalog);
void DeclareMysql(Catalog* catalog);

inline constexpr std::string_view kInformationSchema = "information_schema";
inline constexpr std::string_view kPerformanceSchema = "performance_schema";

}  // namespace mahi
