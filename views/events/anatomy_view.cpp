// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/events/anatomy_view.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "model/events/event_text.h"
#include "model/number_format.h"
#include "views/chart/plain_text.h"

namespace exitscope {

namespace {

QString sinceExit(Ns t, Ns exit)
{
    return t < exit ? QString(formatDuration(exit - t) % QStringLiteral(" before the exit"))
                    : QString(formatDuration(t - exit) % QStringLiteral(" behind its begin"));
}

} // namespace

AnatomyView::AnatomyView(QWidget *parent) : QWidget(parent)
{
    setAccessibleName(tr("What happened inside of the exit"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setVisible(false);
}

void AnatomyView::set(std::shared_ptr<const ShownEvents> events)
{
    m_events = std::move(events);
    layOut();
    setVisible(m_events && m_events->anatomy);
}

void AnatomyView::setTheme(const Theme &theme)
{
    m_theme = theme;
    layOut();
}

void AnatomyView::layOut()
{
    m_layout = m_events && m_events->anatomy
        ? layOutAnatomy(*m_events->anatomy, m_events->list, width(), font(), m_theme)
        : AnatomyLayout();
    updateGeometry();
    update();
}

QSize AnatomyView::sizeHint() const
{
    return {400, int(m_layout.height)};
}

void AnatomyView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        layOut();
}

void AnatomyView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.base());
    painter.setFont(font());
    paintAnatomy(painter, m_layout, m_theme);
}

QString AnatomyView::toolTipAt(QPointF pos) const
{
    if (const AnatomyMark *mark = m_layout.markAt(pos)) {
        const ListedEvent &listed = m_events->list.events[mark->event];
        QString text = shownText(listed.event.name) % u' ' % fieldsShown(listed.event) % u'\n'
            % sinceExit(listed.timeNs, m_layout.exitNs);
        if (mark->count > 1)
            text += QStringLiteral("\nand %1 more in this pixel").arg(mark->count - 1);
        return plainTip(text);
    }
    const AnatomyBox *box = m_layout.boxAt(pos);
    if (!box)
        return {};
    QString text = box->text % QStringLiteral(": ") % formatDuration(box->range.length());
    if (box->beganBefore || box->endsBehind)
        text += box->beganBefore && box->endsBehind ? tr(", and before and after that")
            : box->beganBefore                      ? tr(", and before that")
                                                    : tr(", and after that");
    return plainTip(text % u'\n' % sinceExit(box->range.from, m_layout.exitNs));
}

bool AnatomyView::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QString text = toolTipAt(help->pos());
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    if (event->type() == QEvent::FontChange)
        layOut();
    return QWidget::event(event);
}

void AnatomyView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    if (const AnatomyMark *mark = m_layout.markAt(event->position()))
        Q_EMIT chosen(mark->event);
}

} // namespace exitscope
