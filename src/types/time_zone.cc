// TimeZone, on abseil's copy of the system's time zone rules.
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include "charset/charset.h"
#include "types/temporal.h"

namespace mahi {

struct TimeZone::Rules {
  bool is_fixed = true;
  int32_t offset_seconds = 0;
  absl::TimeZone zone;
};

namespace {
constexpr int64_t kEpochDay = 719528;  // TO_DAYS('1970-01-01')

// UTC microseconds, shifted by the offset, as packed datetime; clipped to the calendar.
int64_t PackMicros(int64_t micros) {
  int64_t packed;
  if (MicrosToDateTime(micros + kEpochDay * kMicrosPerDay, &packed)) return packed;
  return micros < 0 ? PackDate(0, 1, 1) : PackDateTime({9999, 12, 31, 23, 59, 59, 999999, false});
}

bool ParseOffset(std::string_view text, int32_t* seconds) {
  // [+-]H[H]:MM
  if (text.size() < 5 || text.size() > 6 || (text[0] != '+' && text[0] != '-')) return false;
  size_t colon = text.size() - 3;
  if (text[colon] != ':') return false;
  auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -1000; };
  int32_t hours = 0;
  for (size_t i = 1; i < colon; ++i) hours = hours * 10 + digit(i);
  int32_t minutes = digit(colon + 1) * 10 + digit(colon + 2);
  if (hours < 0 || minutes < 0 || minutes > 59) return false;
  int32_t total = hours * 60 + minutes;
  if (text[0] == '-') {
    if (total > 13 * 60 + 59) return false;
    total = -total;
  } else if (total > 14 * 60) {
    return false;
  }
  *seconds = total * 60;
  return true;
}
}  // namespace

TimeZone::TimeZone(std::string name, std::unique_ptr<Rules> rules)
    : name_(std::move(name)), rules_(std::move(rules)) {}
TimeZone::~TimeZone() = default;

Result<std::shared_ptr<const TimeZone>> TimeZone::Find(std::string_view name) {
  if (EqualIgnoreAsciiCase(name, "SYSTEM")) return System();
  auto rules = std::make_unique<Rules>();
  std::string shown(name);
  if (ParseOffset(name, &rules->offset_seconds)) {
    if (name.size() == 5) shown.insert(1, "0");
    return std::shared_ptr<const TimeZone>(new TimeZone(std::move(shown), std::move(rules)));
  }
  bool plain = !name.empty() && name.size() <= 64 && name[0] != '/' && name.find("..") == std::string_view::npos;
  for (char c : name) {
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                      c == '_' || c == '-' || c == '+');
  }
  // Names abseil gives a meaning of its own.
  if (!plain || name.substr(0, 6) == "Fixed/" || EqualIgnoreAsciiCase(name, "localtime") ||
      !absl::LoadTimeZone(shown, &rules->zone)) {
    return Error(ER_UNKNOWN_TIME_ZONE, name);
  }
  rules->is_fixed = false;
  return std::shared_ptr<const TimeZone>(new TimeZone(std::move(shown), std::move(rules)));
}

const std::shared_ptr<const TimeZone>& TimeZone::Utc() {
  static const std::shared_ptr<const TimeZone> utc(new TimeZone("+00:00", std::make_unique<Rules>()));
  return utc;
}

const std::shared_ptr<const TimeZone>& TimeZone::System() {
  static const std::shared_ptr<const TimeZone> system = [] {
    auto rules = std::make_unique<Rules>();
    rules->zone = absl::LocalTimeZone();
    std::string name = rules->zone.name();
    rules->is_fixed = name == "UTC" || name == "Etc/UTC" || name.empty();
    return std::shared_ptr<const TimeZone>(new TimeZone("SYSTEM", std::move(rules)));
  }();
  return system;
}

int32_t TimeZone::OffsetAt(int64_t utc_micros) const {
  if (rules_->is_fixed) return rules_->offset_seconds;
  return rules_->zone.At(absl::FromUnixMicros(utc_micros)).offset;
}

int64_t TimeZone::ToLocal(int64_t utc_micros) const {
  return PackMicros(utc_micros + OffsetAt(utc_micros) * kMicrosPerSecond);
}

int64_t TimeZone::ToUtc(int64_t packed, bool* is_gap) const {
  if (is_gap != nullptr) *is_gap = false;
  if (rules_->is_fixed) {
    return DateTimeToMicros(packed) - kEpochDay * kMicrosPerDay - rules_->offset_seconds * kMicrosPerSecond;
  }
  DateTimeParts p = UnpackDateTime(packed);
  absl::TimeZone::TimeInfo info = rules_->zone.At(absl::CivilSecond(p.year, p.month, p.day, p.hour, p.minute, p.second));
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) {
    if (is_gap != nullptr) *is_gap = true;
    return absl::ToUnixMicros(info.trans);
  }
  return absl::ToUnixMicros(info.pre) + p.microsecond;
}

}  // namespace mahi
