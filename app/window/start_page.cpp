// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/start_page.h"

#include <QLabel>
#include <QPushButton>

#include <algorithm>

#include "app/window/program_icon.h"
#include "app/window/storage/recording_name.h"
#include "model/visible_text.h"
#include "views/chart/plain_text.h"

namespace exitscope {

namespace {

constexpr int kIconSize = 96;
constexpr int kMostRecent = 6;

QLabel *centered(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setAlignment(Qt::AlignCenter);
    return label;
}

} // namespace

StartPage::StartPage(QWidget *parent) : QWidget(parent), m_recent(new QVBoxLayout)
{
    auto *icon = centered({}, this);
    icon->setPixmap(programIcon().pixmap(kIconSize, kIconSize));
    auto *open = new QPushButton(QStringLiteral("&Open directory…"), this);
    open->setDefault(true);
    connect(open, &QPushButton::clicked, this, &StartPage::openWanted);
    auto *layout = new QVBoxLayout(this);
    layout->addStretch(2);
    layout->addWidget(icon);
    layout->addWidget(centered(
        QStringLiteral(
            "Open a directory with traces of a KVM host, or drop one here: LTTng, trace.dat, perf.data, text."),
        this));
    layout->addWidget(open, 0, Qt::AlignCenter);
    layout->addSpacing(18);
    layout->addLayout(m_recent);
    layout->addStretch(3);
}

void StartPage::setRecent(const QList<QStringList> &recent)
{
    while (QLayoutItem *item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (!recent.isEmpty())
        m_recent->addWidget(centered(QStringLiteral("Opened before"), this));
    for (const QStringList &paths : recent.mid(0, kMostRecent)) {
        auto *button = new QPushButton(recordingName(paths).replace(QLatin1Char('&'), QStringLiteral("&&")), this);
        button->setFlat(true);
        QStringList tip = paths;
        std::ranges::transform(tip, tip.begin(), visibleText);
        button->setToolTip(plainTip(tip.join(QLatin1Char('\n'))));
        // Queued: opening makes the list anew, and deletes the button that was clicked.
        connect(
            button, &QPushButton::clicked, this, [this, paths] { Q_EMIT pathsChosen(paths); }, Qt::QueuedConnection);
        m_recent->addWidget(button, 0, Qt::AlignCenter);
    }
}

} // namespace exitscope
