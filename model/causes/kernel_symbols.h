// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace exitscope {

// Guest addresses below it are user code (manual "Symbols").
inline constexpr std::uint64_t kKernelAddresses = std::uint64_t(1) << 47;

// The functions of one kernel.
class KernelSymbols {
public:
    struct Function {
        std::uint64_t begin = 0;
        std::uint64_t last = 0; // its last byte: before the next symbol
        QString name; // "native_write_msr", "vhost_poll_wakeup [vhost]"
    };

    // A text that is larger is none of a kernel.
    static constexpr std::int64_t kMostBytes = std::int64_t(256) << 20;

    // kallsyms or a System.map; the offset (KASLR) is added to every address. Nothing, and `error` one line without the
    // path, where the text is none, has no function, or hides its addresses (all are 0).
    static std::optional<KernelSymbols> parse(const QByteArray &text, std::uint64_t offset, QString &error);
    // Whether a file that begins so is a text for parse().
    static bool recognizes(const QByteArray &begin);

    std::size_t size() const { return m_functions.size(); }
    const Function &operator[](std::size_t i) const { return m_functions[i]; }
    // Index of the function that holds the address; nothing if none does. O(log n).
    std::optional<std::size_t> at(std::uint64_t address) const;

private:
    std::vector<Function> m_functions; // ordered by begin, disjoint
    std::vector<std::uint64_t> m_begins; // theirs: what is searched lies close together
};

} // namespace exitscope
