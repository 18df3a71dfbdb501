// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace exitscope {

// (isa, code) of an exit: isa 1 VMX, 2 SVM, 0 unknown; the two code spaces overlap, so never look up by code alone.
struct ReasonKey {
    std::uint32_t isa = 0;
    std::int64_t code = 0;
    auto operator<=>(const ReasonKey &) const = default;
};

// VMX: the low 26 bits, of which 16-25 are 0 in all that have a name; SVM: the whole value, 0xffffffff as -1 (manual
// "Definitions").
ReasonKey reasonKey(std::uint32_t isa, std::uint64_t recordedReason);
// "isa:code", the code in hexadecimal above 0xffff: "2:1024", "1:0x10000".
QString codeText(ReasonKey key);

struct ExitReason {
    ReasonKey key;
    QString name; // as the kernel prints it; codeText() if unknown
    QString meaning; // plain language; empty if unknown
    QString className; // "halt", "interrupt", …; "other" if unknown
    bool isHalt = false;
};

// From resources/exit-reasons.csv.
ExitReason exitReason(ReasonKey key);
std::vector<ExitReason> knownExitReasons();
// A name (without regard to case; may exist for VMX and SVM) or "isa:code", the code decimal or, with 0x, hexadecimal.
// Empty if there is none such.
std::vector<ReasonKey> reasonsNamed(const QString &text);
// "KVM_EXIT_IO" from resources/userspace-exits.csv; "KVM_EXIT_77" if unknown.
QString userspaceExitName(std::int32_t reason);

// The reasons that occur in a recording; exits hold indices into it.
class ReasonTable {
public:
    // Adds it if it is new. A damaged trace may hold more than an index can tell apart: the rest share the last one.
    std::uint16_t indexOf(ReasonKey key);
    std::size_t size() const { return m_reasons.size(); }
    const ExitReason &operator[](std::size_t index) const { return m_reasons[index]; }

private:
    struct Known {
        ReasonKey key;
        std::uint16_t index = 0;
        bool isThere = false;
    };
    std::uint16_t lookUp(ReasonKey key);

    std::vector<ExitReason> m_reasons;
    std::map<ReasonKey, std::uint16_t> m_index;
    std::array<Known, 64> m_recent{}; // by the lowest bits of the code: few reasons make most exits
};

} // namespace exitscope
