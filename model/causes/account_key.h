// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/causes/guest_symbols.h"
#include "model/guest/exit_guests.h"
#include "model/recording.h"
#include "model/statistics/selection.h"
#include "model/vcpu_walk.h"

// What exits can be grouped by. A new key is one row of the table in account_key.cpp.
namespace exitscope {

// In the order of the table.
enum class AccountKey : std::uint8_t {
    Vm,
    Vcpu,
    Reason,
    Scenario,
    Userspace,
    Target,
    Region, // the target, with pages as those of 2 MiB
    Touch,
    Address,
    Pcpu,
    Symbol,
    // What the exit interrupted in its guest:
    Thread,
    Process,
    Syscall,
    Context,
};

// What an exit has for a key; means something only to that key, and for one recording.
struct KeyValue {
    std::uint32_t kind = 0;
    std::uint64_t value = 0;
    auto operator<=>(const KeyValue &) const = default;
};

// What rows of the table look up; made once for a recording, which must outlive it, as must the symbols.
struct KeyContext {
    explicit KeyContext(const Recording &of, const GuestSymbols *names = nullptr)
        : recording(of), symbols(names), vcpus(vcpusOf(of))
    {
        for (const VcpuAt &vcpu : vcpus)
            kernels.push_back(names ? names->of(vcpu.key.vm) : nullptr);
    }

    const Recording &recording;
    const GuestSymbols *symbols; // null: of no guest
    const ExitGuests *guests = nullptr; // null: of no guest is known what it did
    std::vector<VcpuAt> vcpus; // by VcpuAt::number
    std::vector<const GuestSymbols::Kernel *> kernels; // so too; null: no symbols are known of it
};

struct AccountKeyRow {
    AccountKey key;
    const char *name; // as people type it
    const char *title; // of a column: "Reason"
    bool isText; // flush left in a table
    KeyValue (*valueOf)(const KeyContext &context, const VcpuAt &vcpu, const ExitColumns &exits, std::size_t exit);
    QString (*text)(const KeyContext &context, KeyValue value);
    // Options of the command line that select the exits with this value: "--reason", "2:96".
    QStringList (*filter)(const KeyContext &context, KeyValue value);
    // The same in a selection, beside what it leaves out already.
    void (*select)(const KeyContext &context, KeyValue value, Selection &selection);
    bool isOfGuest = false; // means nothing without KeyContext::guests
};

std::span<const AccountKeyRow> accountKeyRows();
const AccountKeyRow &info(AccountKey key);

// "reason,address". Nothing, and `error` one line, where a word is no key or stands there twice.
std::optional<std::vector<AccountKey>> parseAccountKeys(const QString &text, QString &error);

} // namespace exitscope
