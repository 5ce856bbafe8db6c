// The makers of the operators, one for each file of the folders below. Private to operator/.
#pragma once

#include "execution/operator/operator.h"

namespace mahi {

// basic/
Result<OperatorPtr> MakeSingleRow(Runtime& runtime, const PhysicalSingleRow& node);
Result<OperatorPtr> MakeEmpty(Runtime& runtime, const PhysicalEmpty& node);
Result<OperatorPtr> MakeValues(Runtime& runtime, const PhysicalValues& node);
Result<OperatorPtr> MakeFilter(Runtime& runtime, const PhysicalFilter& node);
Result<OperatorPtr> MakeProject(Runtime& runtime, const PhysicalProject& node);
Result<OperatorPtr> MakeLimit(Runtime& runtime, const PhysicalLimit& node);
// scan/
Result<OperatorPtr> MakeTableScan(Runtime& runtime, const PhysicalTableScan& node);
Result<OperatorPtr> MakeIndexScan(Runtime& runtime, const PhysicalIndexScan& node);
Result<OperatorPtr> MakePointLookup(Runtime& runtime, const PhysicalPointLookup& node);
Result<OperatorPtr> MakeVirtualScan(Runtime& runtime, const PhysicalVirtualScan& node);
Result<OperatorPtr> MakeJsonTable(Runtime& runtime, const PhysicalJsonTable& node);
Result<OperatorPtr> MakeLoadFile(Runtime& runtime, const PhysicalLoadFile& node);
// join/
Result<OperatorPtr> MakeHashJoin(Runtime& runtime, const PhysicalHashJoin& node);
Result<OperatorPtr> MakeIndexJoin(Runtime& runtime, const PhysicalIndexJoin& node);
Result<OperatorPtr> MakeNestedLoopJoin(Runtime& runtime, const PhysicalNestedLoopJoin& node);
// aggregate/
Result<OperatorPtr> MakeHashAggregate(Runtime& runtime, const PhysicalHashAggregate& node);
Result<OperatorPtr> MakeStreamAggregate(Runtime& runtime, const PhysicalStreamAggregate& node);
Result<OperatorPtr> MakeWindow(Runtime& runtime, const PhysicalWindow& node);
// sort/
Result<OperatorPtr> MakeSort(Runtime& runtime, const PhysicalSort& node);
Result<OperatorPtr> MakeTopN(Runtime& runtime, const PhysicalTopN& node);
// set/
Result<OperatorPtr> MakeDistinct(Runtime& runtime, const PhysicalDistinct& node);
Result<OperatorPtr> MakeUnionAll(Runtime& runtime, const PhysicalUnionAll& node);
Result<OperatorPtr> MakeSetOperation(Runtime& runtime, const PhysicalSetOperation& node);
// cte/
Result<OperatorPtr> MakeCte(Runtime& runtime, const PhysicalCte& node);
Result<OperatorPtr> MakeCteReference(Runtime& runtime, const PhysicalCteReference& node);
Result<OperatorPtr> MakeRecursiveCte(Runtime& runtime, const PhysicalRecursiveCte& node);
Result<OperatorPtr> MakeWorkingTable(Runtime& runtime, const PhysicalWorkingTable& node);
// dml/
Result<OperatorPtr> MakeInsert(Runtime& runtime, const PhysicalInsert& node);
Result<OperatorPtr> MakeUpdate(Runtime& runtime, const PhysicalUpdate& node);
Result<OperatorPtr> MakeDelete(Runtime& runtime, const PhysicalDelete& node);

}  // namespace mahi
