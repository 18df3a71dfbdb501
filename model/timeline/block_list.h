// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace exitscope {

// Memory for the values of one block, straight from the system and straight back to it: what malloc keeps of freed
// memory would count beside the columns that take its place.
inline constexpr std::size_t kBlockBytes = 256u << 10;
void *newBlock(); // throws std::bad_alloc
struct FreeBlock {
    void operator()(void *block) const noexcept;
};

// A list that grows at its end in blocks, and is taken from its begin, each block freed as soon as it is read. What is
// not written to takes no memory, and a list of few values no block.
template <typename T>
class BlockList {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));

public:
    std::size_t size() const { return m_size; }
    bool empty() const { return m_size == 0; }
    // Valid until the next append().
    T &operator[](std::size_t i) { return m_few ? m_few[i] : m_blocks[i / kPerBlock].get()[i % kPerBlock]; }
    T &back() { return (*this)[m_size - 1]; }
    void append(const T &value)
    {
        const T copy = value; // it may be one of the list's own
        if (m_size == (m_blocks.empty() ? kFew : m_blocks.size() * kPerBlock))
            addBlock();
        else if (!m_few && m_blocks.empty())
            m_few.reset(new T[kFew]);
        ++m_size;
        back() = copy;
    }
    void dropLast() { --m_size; }
    // Calls `use` with each value in order, and is empty then.
    void take(const auto &use)
    {
        std::size_t left = std::exchange(m_size, 0);
        if (const std::unique_ptr<T[]> few = std::move(m_few)) {
            for (std::size_t i = 0; i < left; ++i)
                use(std::as_const(few[i]));
            return;
        }
        for (auto &block : std::exchange(m_blocks, {})) {
            const std::size_t here = std::min(left, kPerBlock);
            for (std::size_t i = 0; i < here; ++i)
                use(std::as_const(block.get()[i]));
            left -= here;
            block.reset();
        }
    }

private:
    void addBlock()
    {
        m_blocks.emplace_back(static_cast<T *>(newBlock()));
        if (const std::unique_ptr<T[]> few = std::move(m_few))
            std::copy(few.get(), few.get() + m_size, m_blocks.back().get());
    }

    static constexpr std::size_t kFew = 32; // values
    static constexpr std::size_t kPerBlock = std::bit_floor(kBlockBytes / sizeof(T));

    std::unique_ptr<T[]> m_few; // as long as there is no block
    std::vector<std::unique_ptr<T, FreeBlock>> m_blocks;
    std::size_t m_size = 0;
};

} // namespace exitscope
