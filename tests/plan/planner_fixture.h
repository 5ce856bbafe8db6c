// A small world for plan tests: tables made from CREATE TABLE texts, with row counts given by the test, and no storage.
// Thread safety: none.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "catalog/schema_reader.h"
#include "optimizer/optimizer.h"
#include "plan/physical_plan.h"

namespace mahi {

class PlannerFixture : public SchemaReader, public StatisticsSource {
 public:
  PlannerFixture();

  // Adds a table of schema `test`; CREATE TABLE text.
  void Create(std::string_view sql, uint64_t rows);
  // EXPLAIN FORMAT=TREE of the statement; an error's text when there is one.
  std::string Explain(std::string_view sql);
  Result<std::unique_ptr<Plan>> MakePlan(std::string_view sql);

  bool rewrites = true;

  Result<SchemaRef> FindSchema(std::string_view name) override;
  Result<SchemaObject> FindTable(std::string_view schema, std::string_view name, TableIntent intent) override;
  Result<SchemaObject> PeekTable(std::string_view schema, std::string_view name) override;
  StatisticsSource& statistics() override { return *this; }
  uint64_t RowCount(const TableDefinition& table) override;
  StatisticsRef Statistics(const TableDefinition& table) override;
  Result<double> EstimateRows(const TableDefinition& table, uint32_t index, const std::vector<IndexRange>& ranges,
                              const TimeZone* time_zone) override;

 private:
  std::map<std::string, TableRef, std::less<>> tables_;
  std::map<uint64_t, uint64_t> rows_;
  SchemaRef schema_;
  uint32_t next_id_ = 1;
};

}  // namespace mahi
