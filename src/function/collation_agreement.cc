#include "function/collation_agreement.h"

#include <algorithm>

#include "function/registry.h"
#include "function/resolve.h"

namespace mahi {

namespace {

// A collation, how strongly it is held, and whether all its text is known to be ASCII.
struct Claim {
  const Collation* collation;
  Coercibility coercibility;
  bool is_ascii;
};

std::string_view CoercibilityName(Coercibility coercibility) {
  static constexpr std::string_view kNames[] = {"EXPLICIT", "NONE",    "IMPLICIT", "SYSCONST",
                                                "COERCIBLE", "NUMERIC", "IGNORABLE"};
  return kNames[static_cast<size_t>(coercibility)];
}

Claim ClaimOf(const ArgumentInfo& argument, CollationId connection_collation) {
  const SqlType& type = argument.type;
  Claim claim{&CollationOrBinary(type.collation), TextCoercibility(argument), false};
  if (type.IsJson()) {
    claim.collation = &CollationOrBinary(kCollationUtf8mb4Bin);
  } else if (type.IsNull()) {
    claim.collation = &CollationOrBinary(kCollationBinary);
    claim.is_ascii = true;
  } else if (type.id == TypeId::kBit) {
    claim.collation = &CollationOrBinary(kCollationBinary);
  } else if (!IsStringType(type)) {
    claim.collation = &CollationOrBinary(connection_collation);
    claim.is_ascii = true;
  } else if (type.charset().id == CharsetId::kAscii) {
    claim.is_ascii = true;
  } else if (argument.constant != nullptr && argument.constant->kind() == PhysicalType::kString &&
             !argument.constant->is_null()) {
    const std::string& text = argument.constant->string();
    claim.is_ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  }
  return claim;
}

// May text of `narrow` be converted to the character set of `wide` without asking?
bool IsSuperset(const Claim& wide, const Claim& narrow) {
  const Charset& to = wide.collation->charset();
  const Charset& from = narrow.collation->charset();
  if (to.is_unicode() && (wide.coercibility < narrow.coercibility ||
                          (wide.coercibility == narrow.coercibility &&
                           (!from.is_unicode() || (to.max_bytes > from.max_bytes && from.id == CharsetId::kUtf8mb3))))) {
    return true;
  }
  return narrow.is_ascii && (wide.coercibility < narrow.coercibility ||
                             (wide.coercibility == narrow.coercibility && !wide.is_ascii));
}

// Lets `into` and `other` agree; false when they cannot.
bool Agree(Claim* into, const Claim& other) {
  if (other.coercibility == Coercibility::kNull) return true;
  if (into->coercibility == Coercibility::kNull) {
    *into = other;
    return true;
  }
  bool is_ascii = into->is_ascii && other.is_ascii;
  const Charset& a = into->collation->charset();
  const Charset& b = other.collation->charset();
  if (a.id != b.id) {
    if (a.is_binary()) {
      if (other.coercibility < into->coercibility) *into = other;
    } else if (b.is_binary()) {
      if (other.coercibility <= into->coercibility) *into = other;
    } else if (IsSuperset(*into, other)) {
    } else if (IsSuperset(other, *into)) {
      *into = other;
    } else if (into->coercibility < other.coercibility && other.coercibility >= Coercibility::kSystem) {
    } else if (other.coercibility < into->coercibility && into->coercibility >= Coercibility::kSystem) {
      *into = other;
    } else {
      return false;
    }
    into->is_ascii = is_ascii;
    return true;
  }
  if (other.coercibility < into->coercibility) {
    *into = other;
  } else if (other.coercibility == into->coercibility && other.collation != into->collation) {
    if (into->coercibility == Coercibility::kExplicit) return false;
    // Within one character set its binary collation wins.
    if (!into->collation->is_binary()) {
      if (other.collation->is_binary()) {
        *into = other;
      } else {
        into->collation = BinaryCollationOf(a);
        into->coercibility = Coercibility::kNoCollation;
      }
    }
  }
  into->is_ascii = is_ascii;
  return true;
}

Error IllegalMix(std::span<const ArgumentInfo> arguments, std::string_view operation, CollationId connection_collation) {
  auto name = [&](size_t i) { return ClaimOf(arguments[i], connection_collation).collation->name(); };
  auto strength = [&](size_t i) { return CoercibilityName(TextCoercibility(arguments[i])); };
  if (arguments.size() == 2) {
    return Error(ER_CANT_AGGREGATE_2COLLATIONS, name(0), strength(0), name(1), strength(1), operation);
  }
  if (arguments.size() == 3) {
    return Error(ER_CANT_AGGREGATE_3COLLATIONS, name(0), strength(0), name(1), strength(1), name(2), strength(2), operation);
  }
  return Error(ER_CANT_AGGREGATE_NCOLLATIONS, operation);
}

}  // namespace

Coercibility TextCoercibility(const ArgumentInfo& argument) {
  if (argument.type.IsNull()) return Coercibility::kNull;
  if (IsStringType(argument.type) || argument.type.IsJson() || argument.type.id == TypeId::kBit) return argument.coercibility;
  return Coercibility::kNumeric;
}

Result<CollationId> AgreeOnCollation(std::span<const ArgumentInfo> arguments, std::string_view operation,
                                     CollationId connection_collation, bool allows_none,
                                     Coercibility* coercibility) {
  if (arguments.empty()) {
    *coercibility = Coercibility::kLiteral;
    return connection_collation;
  }
  Claim result = ClaimOf(arguments[0], connection_collation);
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (!Agree(&result, ClaimOf(arguments[i], connection_collation))) {
      return IllegalMix(arguments, operation, connection_collation);
    }
  }
  if (result.coercibility == Coercibility::kNoCollation && !allows_none && arguments.size() > 1) {
    return IllegalMix(arguments, operation, connection_collation);
  }
  *coercibility = result.coercibility;
  if (result.coercibility == Coercibility::kNull) return CollationId{kCollationBinary};
  return result.collation->id();
}

Result<CollationId> CommonCollation(std::span<const ArgumentInfo> arguments, std::string_view operation,
                                    Coercibility* coercibility) {
  // Numbers bring ASCII text only, which every collation of the others takes.
  return AgreeOnCollation(arguments, operation, kCollationDefault, false, coercibility);
}

}  // namespace mahi
