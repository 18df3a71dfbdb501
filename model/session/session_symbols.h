// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "model/cancel_flag.h"
#include "model/causes/guest_symbols.h"
#include "model/causes/symbol_check.h"
#include "model/diagnostic.h"
#include "model/recording.h"
#include "model/session/newest_job.h"

namespace exitscope {

// Where the symbols of a kernel come from.
struct SymbolSource {
    // Called in another thread. Null: `fault` is one line of why they cannot be used, or empty if there are none.
    using Read = std::function<std::shared_ptr<const KernelSymbols>(QString &fault, CancelFlag cancel)>;

    QString name; // the file, and an offset: what has one name is read once
    Read read;
};

// The symbols of the guests' kernels that are shown: those that the user gave, and of other VMs those that their
// guests' traces hold. Read off the calling thread.
class SessionSymbols : public QObject {
    Q_OBJECT

public:
    using Sources = std::map<VmKey, SymbolSource>;

    explicit SessionSymbols(QObject *parent = nullptr);

    // Another recording: of no VM any symbols are known. `given` are those that the user gave earlier.
    void set(std::shared_ptr<const Recording> recording, Sources given = {});
    // By the user, now: given() tells what came of it. What cannot be used leaves all as it was.
    void give(const VmKey &vm, const SymbolSource &source);
    void forget(const VmKey &vm); // what the user gave
    // What the traces hold, of VMs for which the user gave nothing.
    void offer(Sources found);

    // Null if none are known.
    const std::shared_ptr<const GuestSymbols> &current() const { return m_shown.symbols; }
    // How many of each VM's addresses they name, and what could not be used.
    const Diagnostics &diagnostics() const { return m_shown.diagnostics; }
    // Of the user's file, or of the trace that has them; empty without any.
    QString sourceOf(const VmKey &vm) const;
    // How many of its addresses they name; none without symbols.
    std::optional<SymbolShare> shareOf(const VmKey &vm) const;
    bool isGiven(const VmKey &vm) const { return m_given.contains(vm); }
    bool isBusy() const { return m_job.isBusy(); }

Q_SIGNALS:
    void changed(); // current() or diagnostics() are new
    void given(const exitscope::VmKey &vm, const QString &fault); // empty: they are used
    void failed(const exitscope::Diagnostic &cause); // what is there stays

private:
    struct Known {
        std::shared_ptr<const KernelSymbols> symbols; // null if they cannot be used
        QString fault;
    };
    using KnownByName = std::map<QString, Known>;
    struct Shown {
        Sources sources;
        std::shared_ptr<const GuestSymbols> symbols;
        SymbolShares shares;
        Diagnostics diagnostics;
    };

    void read();
    Sources wanted() const;
    static Shown shown(const Recording &recording, const Sources &sources, const KnownByName &known);
    void take(const KnownByName &known, Shown now, const Sources &fresh);

    std::shared_ptr<const Recording> m_recording;
    Sources m_given, m_offered;
    Sources m_new; // given and not yet read
    KnownByName m_known;
    Shown m_shown;
    NewestJob m_job; // the last member: its end waits for the work under way
};

} // namespace exitscope
