// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QWidget>

#include <memory>

#include "model/recording.h"
#include "model/session/live_numbers.h"
#include "model/session/view_state.h"
#include "views/chart/theme.h"

namespace exitscope {

// What the status line tells.
struct StatusTexts {
    QString range; // "whole recording, 4.20 s"
    QString exits;
    QString rate;
    QString overhead;
};
StatusTexts statusTexts(const Numbers &numbers, TimeRange bounds);

// "host/0 · cpuid: the guest ran CPUID · gross 58.2 µs, net 58.2 µs"; empty if there is no such exit.
QString exitText(const Recording &recording, const ExitRef &exit);

// Shows as much of its text as there is room for.
class ElidedLabel : public QLabel {
public:
    using QLabel::QLabel;

protected:
    void paintEvent(QPaintEvent *event) override;
};

// The numbers of what is selected, and what the pointer is on.
class StatusLine : public QWidget {
    Q_OBJECT

public:
    StatusLine(ViewState &state, LiveNumbers &numbers, QWidget *parent = nullptr);
    void setRecording(std::shared_ptr<const Recording> recording);
    void setTheme(const Theme &theme);

    QLabel *exitsLabel() { return m_exits; }
    QLabel *overheadLabel() { return m_overhead; }
    QLabel *rangeLabel() { return m_range; }
    QLabel *rateLabel() { return m_rate; }

private:
    QLabel *addLabel(QLabel *label, const QString &meaning);
    void showNumbers();
    void showExit();

    ViewState &m_state;
    LiveNumbers &m_numbers;
    std::shared_ptr<const Recording> m_recording;
    QLabel *m_range, *m_exits, *m_rate, *m_overhead;
    QLabel *m_exit; // the hovered one, else the current
};

} // namespace exitscope
