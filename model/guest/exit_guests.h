// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

#include <map>
#include <optional>
#include <vector>

#include "model/guest/guest_columns.h"

namespace exitscope {

// How sure it is which thread of its guest an exit interrupted, and what that did (manual "Guests").
enum class GuestCertainty : std::uint8_t {
    No, // neither, or nothing is known
    Thread, // the thread
    Yes, // both
};
std::string_view name(GuestCertainty certainty); // "no", "thread", "yes"

// What exits are told by: one text each, whichever guest has it.
enum class GuestLabel : std::uint8_t {
    Thread, // "pio-289": name and tid
    Process, // so too, of its process
    Syscall, // "pwrite64", of the thread, whether or not an interrupt came on top; "none"
    Context, // the innermost: "user", "kernel", "idle", "syscall:pwrite64", "softirq:TIMER", "irq:4", "hrtimer"
};
inline constexpr int kGuestLabels = 4;

// What exits interrupted in their guests, as far as guests are aligned. Immutable.
class ExitGuests {
public:
    static constexpr std::uint32_t kUnknown = 0; // the label of what is not known

    // Of one exit. Where it is not certain, what is likeliest.
    struct Row {
        std::uint32_t thread = kNobody; // in GuestTrace::threads
        std::uint32_t call = kNoCall; // in GuestTrace::calls, if that is its context
        std::int32_t tid = kNoThread;
        std::uint32_t threadName = kUnknown; // its name alone
        std::uint32_t labels[kGuestLabels] = {};
        GuestCertainty certainty = GuestCertainty::No;
    };
    // Of an exit that is not certain: all that it can be, likelier first, "pio|swapper/1".
    struct Candidates {
        QString tids, threads, contexts;
    };
    struct OfVcpu {
        std::vector<Row> rows; // by exit
        std::map<std::size_t, Candidates> candidates; // by exit
    };

    ExitGuests() { label({}); }

    // By VcpuAt::number; null if no guest is aligned that ran there.
    const OfVcpu *of(std::size_t vcpu) const
    {
        const auto found = m_vcpus.find(vcpu);
        return found == m_vcpus.end() ? nullptr : &found->second;
    }
    std::uint32_t labelOf(std::size_t vcpu, std::size_t exit, GuestLabel kind) const
    {
        const OfVcpu *own = of(vcpu);
        return own ? own->rows[exit].labels[static_cast<std::size_t>(kind)] : kUnknown;
    }
    bool isEmpty() const { return m_vcpus.empty(); }
    QString text(std::uint32_t label) const; // "unknown" of kUnknown
    const QString &plainText(std::uint32_t label) const { return m_texts[label]; } // empty of kUnknown
    std::optional<std::uint32_t> labelNamed(const QString &text) const;

    // For whoever makes it.
    std::uint32_t label(const QString &text);
    OfVcpu &add(std::size_t vcpu) { return m_vcpus[vcpu]; }

private:
    std::map<std::size_t, OfVcpu> m_vcpus;
    std::vector<QString> m_texts;
    QHash<QString, std::uint32_t> m_labels;
};

} // namespace exitscope
