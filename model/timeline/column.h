// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace exitscope {

// Before it is written to: memory of many MB is read here and there, and by pages of 4 KiB the processor looks longer
// for the page than for what is in it.
void askForLargePages(void *memory, std::size_t bytes);

// The values of one column: contiguous, and read like a span wherever they lie: in memory of the column's own, or in
// memory that somebody else keeps, as a mapped file. They are only ever appended, so copies share them: what is
// appended to one column is not seen by another.
template <typename T>
class Column {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T>);

public:
    using value_type = T;

    Column() = default;
    // Values that stay as they are while the keeper lives.
    Column(std::span<const T> values, std::shared_ptr<const void> keeper)
        : m_values(values.data()), m_size(values.size()), m_keeper(std::move(keeper))
    {
    }
    Column(const Column &other) : m_values(other.m_values), m_size(other.m_size), m_keeper(other.m_keeper) { }
    Column(Column &&other) noexcept { swap(other); }
    Column &operator=(Column other) noexcept
    {
        swap(other);
        return *this;
    }
    ~Column() = default;

    std::size_t size() const { return m_size; }
    bool empty() const { return m_size == 0; }
    const T *data() const { return m_values; }
    const T *begin() const { return m_values; }
    const T *end() const { return m_values + m_size; }
    const T &operator[](std::size_t i) const { return m_values[i]; }
    const T &front() const { return m_values[0]; }
    const T &back() const { return m_values[m_size - 1]; }

    // Room for so many values in all. With it, nothing is copied while they are appended.
    void reserve(std::size_t count)
    {
        if (count > std::max(m_room, m_size))
            moveTo(count);
    }
    void append(const T &value)
    {
        const T copy = value; // it may be one of the column's own
        if (m_size >= m_room)
            moveTo(std::max(2 * m_size, kLeast));
        m_own[m_size++] = copy;
    }

private:
    static constexpr std::size_t kLeast = 8;

    void swap(Column &other) noexcept
    {
        std::swap(m_values, other.m_values);
        std::swap(m_size, other.m_size);
        std::swap(m_own, other.m_own);
        std::swap(m_room, other.m_room);
        std::swap(m_keeper, other.m_keeper);
    }
    // Left as it comes: pages that no value is written to take no memory.
    void moveTo(std::size_t room)
    {
        const std::shared_ptr<T[]> own(new T[room]);
        askForLargePages(own.get(), room * sizeof(T));
        std::copy(begin(), end(), own.get());
        m_values = m_own = own.get();
        m_room = room;
        m_keeper = own;
    }

    const T *m_values = nullptr;
    std::size_t m_size = 0;
    T *m_own = nullptr; // the same values where this column may append to them
    std::size_t m_room = 0; // values in all; 0 where it may not
    std::shared_ptr<const void> m_keeper;
};

} // namespace exitscope
