// What functions and expressions ask of the session.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "session/internal/session_impl.h"
#include "types/conversion.h"

namespace mahi {

namespace {
constexpr size_t kMaxLockNameCharacters = 64;
// How often a waiting session looks at its kill flag.
constexpr auto kKillCheckInterval = std::chrono::milliseconds(20);

Result<std::string> LockName(std::string_view name) {
  if (name.empty() || FindCharset("utf8mb4")->CharLength(name) > kMaxLockNameCharacters) {
    return Error(ER_USER_LOCK_WRONG_NAME, name);
  }
  std::string lower;
  FindCollation(kCollationUtf8mb4GeneralCi)->CaseDown(name, &lower);
  return lower;
}
}  // namespace

std::string Session::Impl::user() const {
  if (security.is_internal()) return "root@localhost";
  return security.user() + "@" + security.client_host();
}

std::string Session::Impl::current_user() const {
  if (security.is_internal()) return "root@localhost";
  return security.account().user + "@" + security.account().host;
}

std::string Session::Impl::current_role() const { return security.CurrentRoleText(); }

Result<Value> Session::Impl::GetSystemVariable(std::string_view name, bool is_global) {
  return ReadVariable(name, is_global);
}

Value Session::Impl::GetUserVariable(std::string_view name) {
  auto found = user_variables.find(AsciiLower(name));
  return found != user_variables.end() ? found->second.value : Value::Null();
}

SqlType Session::Impl::GetUserVariableType(std::string_view name) {
  auto found = user_variables.find(AsciiLower(name));
  if (found != user_variables.end()) return found->second.type;
  return SqlType::LongText(settings.collation_connection);
}

Status Session::Impl::SetUserVariable(std::string_view name, const Datum& value, const SqlType& type) {
  UserVariableSlot& slot = user_variables[AsciiLower(name)];
  slot.type = type;
  if (value.is_null) {
    slot.value = Value::Null();
    if (type.IsNull()) slot.type = SqlType::LongBlob();
    return Status::Ok();
  }
  if (type.IsTemporal() || type.IsJson() || type.IsEnumOrSet() || type.id == TypeId::kBit) {
    // User variables hold integers, decimals, doubles and strings only.
    if (type.id == TypeId::kBit) {
      slot.value = Value::UInt64(value.uint64);
      slot.type = SqlType::UnsignedBigInt();
      return Status::Ok();
    }
    std::string text = DatumToText(value, type);
    slot.type = SqlType::Varchar(static_cast<uint32_t>(text.size()),
                                 type.IsTemporal() || type.IsJson() ? settings.collation_connection : type.collation);
    slot.value = Value::String(std::move(text));
    return Status::Ok();
  }
  slot.value = Value(value, type);
  if (type.IsInteger() || type.id == TypeId::kYear) {
    slot.type = type.physical() == PhysicalType::kUInt64 ? SqlType::UnsignedBigInt() : SqlType::BigInt();
  } else if (type.id == TypeId::kFloat) {
    slot.type = SqlType::Double();
  } else if (type.IsString()) {
    slot.type = SqlType::LongText(type.collation);
  }
  return Status::Ok();
}

Result<Value> Session::Impl::GetLock(std::string_view name, double timeout_s) {
  MAHI_ASSIGN_OR_RETURN(std::string lock, LockName(name));
  uint64_t timeout_ms = timeout_s < 0 ? 31'536'000'000ull : static_cast<uint64_t>(timeout_s * 1000);
  if (user_locks[lock] == 0) {
    entry->SetState("User lock");
    Status status = transaction->mdl().Acquire(MdlKey::UserLock(lock), MdlType::kExclusive, MdlDuration::kExplicit,
                                               timeout_ms);
    entry->SetState("");
    if (!status.ok()) {
      user_locks.erase(lock);
      if (status.Is(ER_LOCK_WAIT_TIMEOUT)) return Value::Int64(0);
      if (status.Is(ER_LOCK_DEADLOCK)) return Error(ER_USER_LOCK_DEADLOCK);
      return status;
    }
  }
  ++user_locks[lock];
  return Value::Int64(1);
}

Result<Value> Session::Impl::ReleaseLock(std::string_view name) {
  MAHI_ASSIGN_OR_RETURN(std::string lock, LockName(name));
  auto found = user_locks.find(lock);
  if (found == user_locks.end()) {
    return db.transactions().mdl().HolderSession(MdlKey::UserLock(lock)) != 0 ? Value::Int64(0) : Value::Null();
  }
  if (--found->second == 0) {
    user_locks.erase(found);
    transaction->mdl().ReleaseExplicit(MdlKey::UserLock(lock));
  }
  return Value::Int64(1);
}

uint64_t Session::Impl::ReleaseAllLocks() {
  uint64_t count = 0;
  for (const auto& [name, times] : user_locks) {
    count += static_cast<uint64_t>(times);
    transaction->mdl().ReleaseExplicit(MdlKey::UserLock(name));
  }
  user_locks.clear();
  return count;
}

uint64_t Session::Impl::LockHolder(std::string_view name) {
  auto lock = LockName(name);
  return lock.ok() ? db.transactions().mdl().HolderSession(MdlKey::UserLock(*lock)) : 0;
}

Status Session::Impl::Sleep(double seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  entry->SetState("User sleep");
  while (entry->kill_flag.load(std::memory_order_relaxed) == kKillNone) {
    auto left = end - std::chrono::steady_clock::now();
    if (left <= decltype(left)::zero()) {
      entry->SetState("");
      return Status::Ok();
    }
    std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(left, kKillCheckInterval));
  }
  entry->SetState("");
  return Error(ER_QUERY_INTERRUPTED);
}

Result<Value> Session::Impl::LoadFile(std::string_view path) {
  if (!security.CheckGlobal(kPrivilegeFile).ok()) return Value::Null();
  const std::string allowed = db.variables().GetText("secure_file_priv");
  const std::string name(path);
  char resolved[4096];
  if (realpath(name.c_str(), resolved) == nullptr) return Value::Null();
  if (!allowed.empty() && std::string_view(resolved).substr(0, allowed.size()) != allowed) return Value::Null();
  struct stat info {};
  if (stat(resolved, &info) != 0 || !S_ISREG(info.st_mode)) return Value::Null();
  if (static_cast<uint64_t>(info.st_size) > settings.max_allowed_packet) {
    diagnostics.Warn(Error(ER_WARN_ALLOWED_PACKET_OVERFLOWED, "load_file", settings.max_allowed_packet));
    return Value::Null();
  }
  int file = open(resolved, O_RDONLY | O_CLOEXEC);
  if (file < 0) return Value::Null();
  std::string contents(static_cast<size_t>(info.st_size), '\0');
  size_t done = 0;
  while (done < contents.size()) {
    ssize_t count = read(file, contents.data() + done, contents.size() - done);
    if (count <= 0) break;
    done += static_cast<size_t>(count);
  }
  close(file);
  if (done != contents.size()) return Value::Null();
  return Value::String(std::move(contents));
}

double Session::Impl::Random() { return std::uniform_real_distribution<double>(0.0, 1.0)(random); }

}  // namespace mahi
