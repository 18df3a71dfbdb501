// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace exitscope {

// Values by the numbers of threads or pCPUs: found by dense index, for every event asks for several. What no kernel
// gives as a number is kept too. Values stay where they are.
template <typename T>
class NumberMap {
public:
    T *find(std::int32_t number)
    {
        const auto index = static_cast<std::uint32_t>(number); // negative ones are large
        if (index < m_pages.size() * kPage) {
            Page *page = m_pages[index / kPage].get();
            return page && (*page)[index % kPage] ? &*(*page)[index % kPage] : nullptr;
        }
        if (m_others.empty())
            return nullptr;
        const auto found = m_others.find(number);
        return found == m_others.end() ? nullptr : &found->second;
    }
    const T *find(std::int32_t number) const { return const_cast<NumberMap *>(this)->find(number); }
    bool contains(std::int32_t number) const { return find(number) != nullptr; }

    // Made, if it is not there.
    T &operator[](std::int32_t number)
    {
        if (T *value = find(number))
            return *value;
        const auto index = static_cast<std::uint32_t>(number);
        if (index >= kDense)
            return m_others[number];
        if (index >= m_pages.size() * kPage)
            m_pages.resize(index / kPage + 1);
        std::unique_ptr<Page> &page = m_pages[index / kPage];
        if (!page) {
            m_made.push_back(index / kPage);
            page = std::make_unique<Page>();
        }
        return (*page)[index % kPage].emplace();
    }

    void erase(std::int32_t number)
    {
        const auto index = static_cast<std::uint32_t>(number);
        if (index >= m_pages.size() * kPage)
            m_others.erase(number);
        else if (Page *page = m_pages[index / kPage].get())
            (*page)[index % kPage].reset();
    }
    void clear()
    {
        m_pages.clear();
        m_made.clear();
        m_others.clear();
    }

    // Calls each(number, value) for all.
    template <typename Each>
    void forEach(Each each)
    {
        for (const std::size_t at : m_made)
            for (std::size_t i = 0; i < kPage; ++i)
                if (auto &value = (*m_pages[at])[i])
                    each(static_cast<std::int32_t>(at * kPage + i), *value);
        for (auto &[number, value] : m_others)
            each(number, value);
    }
    // Takes out those for which is(number, value).
    template <typename Is>
    void eraseIf(Is is)
    {
        for (const std::size_t at : m_made)
            for (std::size_t i = 0; i < kPage; ++i)
                if (auto &value = (*m_pages[at])[i]; value && is(static_cast<std::int32_t>(at * kPage + i), *value))
                    value.reset();
        std::erase_if(m_others, [&](auto &other) { return is(other.first, other.second); });
    }

private:
    static constexpr std::size_t kPage = 64;
    static constexpr std::uint32_t kDense = 1u << 22; // the most threads that Linux can have
    using Page = std::array<std::optional<T>, kPage>;

    std::vector<std::unique_ptr<Page>> m_pages;
    std::vector<std::size_t> m_made; // positions of those that are there: few, where numbers are large
    std::unordered_map<std::int32_t, T> m_others;
};

} // namespace exitscope
