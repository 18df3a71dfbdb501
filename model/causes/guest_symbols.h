// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "model/diagnostic.h"
#include "model/vcpu_key.h"

namespace exitscope {

// Guest addresses below it are user code (manual "Symbols").
inline constexpr std::uint64_t kKernelAddresses = std::uint64_t(1) << 47;

// The functions of one kernel.
class KernelSymbols {
public:
    struct Function {
        std::uint64_t begin = 0;
        std::uint64_t end = 0; // where the next symbol begins
        QString name; // "native_write_msr", "vhost_poll_wakeup [vhost]"
    };

    // kallsyms or a System.map; the offset (KASLR) is added to every address. Nothing, and `error` one line without the
    // path, where the text is none, has no function, or hides its addresses (all are 0).
    static std::optional<KernelSymbols> parse(const QByteArray &text, std::uint64_t offset, QString &error);

    std::size_t size() const { return m_functions.size(); }
    const Function &operator[](std::size_t i) const { return m_functions[i]; }
    // Index of the function that holds the address; nothing if none does. O(log n).
    std::optional<std::size_t> at(std::uint64_t address) const;

private:
    std::vector<Function> m_functions; // ordered by begin, disjoint
};

// Whose kernel has which functions: as the user or a guest's trace says.
class GuestSymbols {
public:
    void set(const VmKey &vm, std::shared_ptr<const KernelSymbols> symbols) { m_byVm[vm] = std::move(symbols); }
    const KernelSymbols *of(const VmKey &vm) const
    {
        const auto found = m_byVm.find(vm);
        return found == m_byVm.end() ? nullptr : found->second.get();
    }
    bool empty() const { return m_byVm.empty(); }

private:
    std::map<VmKey, std::shared_ptr<const KernelSymbols>> m_byVm;
};

} // namespace exitscope
