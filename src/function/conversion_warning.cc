#include "function/conversion_warning.h"

#include <string>

namespace mahi {

namespace {

constexpr size_t kMaxShownBytes = 128;

Status Report(EvalContext& context, Error error) {
  if (context.is_strict()) return error;
  if (context.diagnostics != nullptr) context.diagnostics->Warn(error);
  return {};
}

}  // namespace

Status ReportTruncatedValue(EvalContext& context, std::string_view kind, std::string_view value) {
  return Report(context, Error(ER_TRUNCATED_WRONG_VALUE, kind, value.substr(0, kMaxShownBytes)));
}

Status ReportWrongTemporal(EvalContext& context, TypeId target, std::string_view value) {
  std::string_view kind = target == TypeId::kTime ? "time" : "datetime";
  return Report(context, Error::Custom(ER_TRUNCATED_WRONG_VALUE, "22007",
                                       fmt::format("Incorrect {} value: '{}'", kind, value.substr(0, kMaxShownBytes))));
}

Status ReportInvalidCharacters(EvalContext& context, std::string_view charset, std::string_view bytes) {
  std::string shown;
  for (size_t i = 0; i < bytes.size() && i < 6; ++i) shown += fmt::format("{:02X}", static_cast<unsigned char>(bytes[i]));
  if (bytes.size() > 6) shown += "...";
  return Report(context, Error(ER_INVALID_CHARACTER_STRING, charset, shown));
}

int64_t CurrentDateTime(const EvalContext& context) {
  return context.time_zone != nullptr ? context.time_zone->ToLocal(context.statement_time_us)
                                      : TimeZone::Utc()->ToLocal(context.statement_time_us);
}

int64_t CurrentDate(const EvalContext& context) { return DatePart(CurrentDateTime(context)); }

}  // namespace mahi
