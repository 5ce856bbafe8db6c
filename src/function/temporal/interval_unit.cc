#include "function/temporal/interval_unit.h"

#include <string>

namespace mahi {

std::optional<IntervalUnit> FindIntervalUnit(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  if (upper.starts_with("SQL_TSI_")) upper.erase(0, 8);
  if (upper == "FRAC_SECOND") return IntervalUnit::kMicrosecond;
  for (int i = 0; i <= static_cast<int>(IntervalUnit::kYearMonth); ++i) {
    auto unit = static_cast<IntervalUnit>(i);
    if (IntervalUnitName(unit) == upper) return unit;
  }
  return std::nullopt;
}

Result<IntervalUnit> UnitArgument(const ArgumentInfo& argument, std::string_view function) {
  if (argument.constant != nullptr && !argument.constant->is_null() && argument.constant->kind() == PhysicalType::kString) {
    if (auto unit = FindIntervalUnit(argument.constant->string())) return *unit;
  }
  return Error(ER_WRONG_ARGUMENTS, function);
}

bool IsCompositeUnit(IntervalUnit unit) { return unit >= IntervalUnit::kSecondMicrosecond; }

}  // namespace mahi
