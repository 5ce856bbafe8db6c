// Arena: memory of one statement, freed at once.
//
// Objects with destructors may be created; they are destroyed in reverse order with the arena.
// Thread safety: none; one statement, one thread.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mahi {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { Reset(); }

  // Uninitialised memory, aligned for any scalar.
  void* Allocate(size_t bytes, size_t alignment = alignof(std::max_align_t)) {
    size_t offset = (used_ + alignment - 1) & ~(alignment - 1);
    if (block_ == nullptr || offset + bytes > block_bytes_) return AllocateInNewBlock(bytes);
    used_ = offset + bytes;
    return block_ + offset;
  }

  template <typename T, typename... Args>
  T* New(Args&&... args) {
    T* object = new (Allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
    if constexpr (!std::is_trivially_destructible_v<T>) {
      destructors_.push_back({object, [](void* p) { static_cast<T*>(p)->~T(); }});
    }
    return object;
  }

  // A copy that lives as long as the arena.
  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {};
    char* copy = static_cast<char*>(Allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  // Destroys all objects and frees all memory.
  void Reset() {
    for (auto it = destructors_.rbegin(); it != destructors_.rend(); ++it) it->destroy(it->object);
    destructors_.clear();
    blocks_.clear();
    block_ = nullptr;
    block_bytes_ = used_ = allocated_bytes_ = 0;
  }

  // Memory held, in bytes.
  size_t allocated_bytes() const { return allocated_bytes_; }

 private:
  static constexpr size_t kBlockBytes = 8 * 1024;
  struct Destructor {
    void* object;
    void (*destroy)(void*);
  };

  void* AllocateInNewBlock(size_t bytes) {
    size_t size = kBlockBytes << (blocks_.size() < 8 ? blocks_.size() / 2 : 4);
    if (bytes > size / 4) {  // A block of its own; the current one stays in use.
      blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(bytes));
      allocated_bytes_ += bytes;
      return blocks_.back().get();
    }
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    allocated_bytes_ += size;
    block_ = blocks_.back().get();
    block_bytes_ = size;
    used_ = bytes;
    return block_;
  }

  std::byte* block_ = nullptr;
  size_t block_bytes_ = 0;
  size_t used_ = 0;
  size_t allocated_bytes_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::vector<Destructor> destructors_;
};

}  // namespace mahi
