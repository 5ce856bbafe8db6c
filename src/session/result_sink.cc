#include "session/result_sink.h"

namespace mahi {

Status ResultSink::PushRow(const std::vector<ResultColumn>& columns, const Datum* values) {
  std::vector<SqlType> types;
  types.reserve(columns.size());
  for (const ResultColumn& column : columns) types.push_back(column.type);
  Batch batch(types, 1);
  for (size_t i = 0; i < columns.size(); ++i) batch.column(i).SetDatum(0, values[i]);
  batch.set_row_count(1);
  return PushBatch(batch);
}

}  // namespace mahi
