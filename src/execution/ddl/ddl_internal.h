// Parts of ExecuteDdl. Private to execution/ddl/.
#pragma once

#include "execution/executor.h"
#include "plan/ddl.h"

namespace mahi {

Status ExecuteAlterTable(ExecutionContext& context, const Plan& plan, AlterTableCommand& command,
                         ExecutionResult* result);

// 3730 when a foreign key of a table outside `dropped` refers to the table.
Status CheckNotReferenced(ExecutionContext& context, const TableDefinition& table,
                          const std::vector<QualifiedName>& dropped);

}  // namespace mahi
