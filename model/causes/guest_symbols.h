// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "model/causes/kernel_symbols.h"
#include "model/vcpu_key.h"

namespace exitscope {

// What code a guest's address is of (manual "Symbols").
enum class CodeKind : std::uint8_t {
    User, // below 2^47
    Function,
    NoFunction, // of the kernel, in none of its functions
    NoSymbols, // of a kernel of which no symbols are known
};

struct GuestCode {
    CodeKind kind = CodeKind::NoSymbols;
    std::uint32_t name = 0; // of a Function: for GuestSymbols::name()
};

// Whose kernel has which functions: as the user or a guest's trace says. Functions of one name are one, whichever
// kernels have them.
class GuestSymbols {
public:
    // One VM's.
    struct Kernel {
        std::shared_ptr<const KernelSymbols> symbols;
        std::vector<std::uint32_t> names; // of its functions, by their index
        std::vector<std::uint32_t> byName; // the functions, ordered by `names`, then as they are

        GuestCode at(std::uint64_t address) const;
    };

    void set(const VmKey &vm, std::shared_ptr<const KernelSymbols> symbols);
    void remove(const VmKey &vm) { m_byVm.erase(vm); }
    // Null if no symbols are known of it.
    const Kernel *of(const VmKey &vm) const;
    bool empty() const { return m_byVm.empty(); }
    const std::map<VmKey, Kernel> &all() const { return m_byVm; }

    const QString &name(std::uint32_t number) const { return m_names[number]; }
    // The functions of that name: indexes into the kernel's. O(log n).
    std::span<const std::uint32_t> functionsNamed(const Kernel &kernel, const QString &name) const;
    // "native_write_msr+0x12", for people beside an address; empty if it is in no function that is known.
    QString placeText(const VmKey &vm, std::uint64_t address) const;

private:
    std::map<VmKey, Kernel> m_byVm;
    std::vector<QString> m_names;
    QHash<QString, std::uint32_t> m_numbers; // of the names
};

// Of any kernel: `kernel` is null where no symbols are known.
GuestCode codeAt(const GuestSymbols::Kernel *kernel, std::uint64_t address);

} // namespace exitscope
