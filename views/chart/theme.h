// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBrush>
#include <QColor>
#include <QFont>

#include "model/causes/takers.h"
#include "model/guest/guest_columns.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/vcpu_state.h"

namespace exitscope {

// All colours, patterns and fonts of the charts; nothing else in the program names one.
// Hues are told apart by colour-blind eyes too; states differ in lightness and pattern as well.
class Theme {
public:
    static Theme light();
    static Theme dark();

    bool isDark() const { return m_dark; }
    QColor window() const; // behind the charts
    QColor base() const; // the plotting area
    QColor text() const;
    QColor mutedText() const; // axis labels, hints
    QColor grid() const;
    QColor accent() const; // selection borders, focus, current exit
    QColor selectionFill() const; // translucent
    QColor warning() const;
    QColor error() const;

    QColor state(VcpuState state) const;
    QBrush stateBrush(VcpuState state) const; // colour with its pattern
    // By class, with a stable shade for each reason.
    QColor reason(const ExitReason &reason) const;
    QColor pcpu(std::int32_t pcpu) const; // neighbours are told apart; text() reads well on it
    QColor guestThread(std::int32_t tid) const; // the idle thread is pale; text() reads well on all
    QColor guestState(GuestThreadState state) const; // of a thread that is on no CPU
    QColor context(GuestMode mode) const; // of a guest's CPU; text() reads well on all
    QColor vm(std::size_t vm, bool isThread) const; // of its vCPUs, or its other threads: neighbours are told apart
    QColor taker(TakerKind kind) const; // of a thread that had a vCPU's pCPU; nobody there is pale
    QColor heat(double share) const; // from 0, the least, to 1: seen on base(), and in grey too
    QColor otherReasons() const; // the slice "Other"
    // Black or white, whichever reads better on the colour.
    static QColor textOn(const QColor &background);

    QFont font(double points = 9) const;

private:
    explicit Theme(bool dark) : m_dark(dark) { }
    bool m_dark;
};

} // namespace exitscope
