// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/load_bar.h"

#include <QHBoxLayout>
#include <QLocale>

#include "app/window/storage/recording_name.h"

namespace exitscope {

namespace {

constexpr int kSteps = 1000;

} // namespace

LoadBar::LoadBar(LoadController &controller, QWidget *parent)
    : QWidget(parent), m_text(new QLabel(this)), m_bar(new QProgressBar(this)),
      m_cancel(new QPushButton(QStringLiteral("&Cancel"), this))
{
    m_bar->setAccessibleName(QStringLiteral("Loading"));
    m_text->setTextFormat(Qt::PlainText);
    m_cancel->setToolTip(QStringLiteral("Stop reading (Esc); what was open stays"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(6, 2, 6, 2);
    layout->addWidget(m_text);
    layout->addWidget(m_bar, 1);
    layout->addWidget(m_cancel);
    connect(&controller, &LoadController::started, this, &LoadBar::begin);
    connect(&controller, &LoadController::progressed, this, &LoadBar::showProgress);
    connect(&controller, &LoadController::loaded, this, &QWidget::hide);
    connect(&controller, &LoadController::failed, this, &QWidget::hide);
    connect(&controller, &LoadController::cancelled, this, &QWidget::hide);
    connect(m_cancel, &QPushButton::clicked, &controller, &LoadController::cancel);
    hide();
}

void LoadBar::begin(const QStringList &paths)
{
    m_text->setText(QStringLiteral("Opening %1 …").arg(recordingName(paths)));
    m_bar->setRange(0, 0); // until the sizes are known
    show();
}

void LoadBar::showProgress(const LoadProgress &progress)
{
    if (progress.bytesTotal <= 0)
        return;
    m_bar->setRange(0, kSteps);
    m_bar->setValue(int(progress.bytesDone * kSteps / progress.bytesTotal));
    const QLocale locale(QLocale::C);
    m_bar->setFormat(QStringLiteral("%1 of %2")
                         .arg(locale.formattedDataSize(progress.bytesDone, 1, QLocale::DataSizeSIFormat),
                             locale.formattedDataSize(progress.bytesTotal, 1, QLocale::DataSizeSIFormat)));
}

} // namespace exitscope
