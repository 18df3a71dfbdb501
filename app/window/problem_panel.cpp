// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/problem_panel.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

#include "model/visible_text.h"
#include "views/panels/diagnostics_panel.h"

namespace exitscope {

namespace {

constexpr std::size_t kMostShown = 6; // a tree of broken traces must not fill the window

QString line(const Diagnostic &diagnostic)
{
    const QString message = visibleText(diagnostic.message).toHtmlEscaped();
    if (diagnostic.path.isEmpty())
        return message;
    return QStringLiteral("<b>%1</b><br>%2").arg(visibleText(diagnostic.path).toHtmlEscaped(), message);
}

QString lines(Diagnostics diagnostics)
{
    std::ranges::stable_sort(diagnostics, std::ranges::greater{}, &Diagnostic::severity);
    QString text;
    for (std::size_t i = 0; i < std::min(kMostShown, diagnostics.size()); ++i)
        text += QStringLiteral("<p>%1</p>").arg(line(diagnostics[i]));
    if (diagnostics.size() > kMostShown)
        text += QStringLiteral("<p>… and %1 more; exitscope-cli info lists them all.</p>")
                    .arg(diagnostics.size() - kMostShown);
    return text;
}

} // namespace

ProblemPanel::ProblemPanel(QWidget *parent)
    : QFrame(parent), m_icon(new QLabel(this)), m_title(new QLabel(this)), m_text(new QLabel(this)),
      m_retry(new QPushButton(QStringLiteral("&Retry"), this)),
      m_open(new QPushButton(QStringLiteral("&Open another…"), this)),
      m_close(new QPushButton(QStringLiteral("Di&smiss"), this))
{
    setFrameShape(QFrame::StyledPanel);
    setAccessibleName(QStringLiteral("Problem"));
    m_icon->setAlignment(Qt::AlignTop);
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setTextFormat(Qt::PlainText);
    for (QLabel *label : {m_title, m_text}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto *buttons = new QHBoxLayout;
    for (QPushButton *button : {m_retry, m_open, m_close})
        buttons->addWidget(button);
    buttons->addStretch(1);
    auto *texts = new QVBoxLayout;
    texts->addWidget(m_title);
    texts->addWidget(m_text);
    texts->addLayout(buttons);
    auto *layout = new QHBoxLayout(this);
    layout->addWidget(m_icon);
    layout->addLayout(texts, 1);
    connect(m_retry, &QPushButton::clicked, this, &ProblemPanel::retryWanted);
    connect(m_open, &QPushButton::clicked, this, &ProblemPanel::openWanted);
    connect(m_close, &QPushButton::clicked, this, &QWidget::hide);
    hide();
}

void ProblemPanel::showLoadFailure(const QStringList &paths, const Diagnostics &diagnostics)
{
    const int size = fontMetrics().height() * 2;
    m_icon->setPixmap(severityIcon(gravest(diagnostics)).pixmap(size, size));
    m_title->setText(QStringLiteral("Nothing to show in %1").arg(visibleText(paths.join(QStringLiteral(", ")))));
    m_text->setText(diagnostics.empty() ? QStringLiteral("No host trace was found there.") : lines(diagnostics));
    m_retry->show();
    m_open->show();
    show();
    m_retry->setFocus();
}

void ProblemPanel::showError(const QString &error)
{
    const int size = fontMetrics().height() * 2;
    m_icon->setPixmap(severityIcon(Severity::Error).pixmap(size, size));
    m_title->setText(visibleText(error));
    m_text->clear();
    m_retry->hide();
    m_open->hide();
    show();
    m_close->setFocus();
}

QString ProblemPanel::text() const
{
    return QString(m_title->text() % QLatin1Char('\n') % m_text->text());
}

} // namespace exitscope
