// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/dialogs/manual_window.h"

#include <QAbstractTextDocumentLayout>
#include <QDialogButtonBox>
#include <QListWidget>
#include <QScrollBar>
#include <QSplitter>
#include <QTextBlock>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace exitscope {

namespace {

constexpr char kPlaceProperty[] = "manualPlace";

} // namespace

ManualWindow::ManualWindow(QWidget *parent)
    : QDialog(parent), m_pages(new QListWidget(this)), m_browser(new QTextBrowser(this))
{
    setWindowTitle(QStringLiteral("ExitScope manual"));
    m_pages->setAccessibleName(QStringLiteral("Pages of the manual"));
    for (const ManualPage &page : manualPages()) {
        auto *item = new QListWidgetItem(page.name, m_pages);
        item->setToolTip(page.summary);
    }
    m_browser->setAccessibleName(QStringLiteral("Page of the manual"));
    m_browser->setOpenLinks(false);
    m_browser->setSearchPaths({QStringLiteral(":/manual")}); // of pictures
    auto *splitter = new QSplitter(this);
    splitter->addWidget(m_pages);
    splitter->addWidget(m_browser);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({140, 760});
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(splitter);
    layout->addWidget(buttons);
    resize(900, 720);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_pages, &QListWidget::currentTextChanged, this, &ManualWindow::showPage);
    connect(m_browser, &QTextBrowser::anchorClicked, this, &ManualWindow::follow);
}

void ManualWindow::show(const ManualPlace &place)
{
    const QList<QListWidgetItem *> found = m_pages->findItems(place.page, Qt::MatchExactly);
    if (!found.isEmpty())
        m_pages->setCurrentItem(found.front());
    QDialog::show();
    raise();
    activateWindow();
    scrollTo(place.section);
}

QString ManualWindow::page() const
{
    const QListWidgetItem *item = m_pages->currentItem();
    return item ? item->text() : QString();
}

void ManualWindow::showPage(const QString &name)
{
    const ManualPage *page = manualPage(name);
    if (!page)
        return;
    m_browser->document()->setMarkdown(page->markdown,
        QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) | QTextDocument::MarkdownNoHTML);
    scrollTo({});
}

// Headings of Markdown are no anchors to QTextBrowser.
void ManualWindow::scrollTo(const QString &section)
{
    int y = 0;
    const QTextDocument &text = *m_browser->document();
    for (QTextBlock block = text.begin(); block.isValid() && !section.isEmpty(); block = block.next()) {
        if (block.blockFormat().headingLevel() == 0 || slugOf(block.text()) != section)
            continue;
        y = int(text.documentLayout()->blockBoundingRect(block).top());
        break;
    }
    m_browser->verticalScrollBar()->setValue(y);
}

void ManualWindow::follow(const QUrl &link)
{
    show(manualPlace(link.toString(), page()));
}

void setManualPlace(QWidget *widget, const QString &place)
{
    widget->setProperty(kPlaceProperty, place);
}

ManualPlace manualPlaceOf(const QWidget *widget)
{
    for (; widget; widget = widget->parentWidget())
        if (const QString place = widget->property(kPlaceProperty).toString(); !place.isEmpty())
            return manualPlace(place);
    return manualPlace(QStringLiteral("window"));
}

} // namespace exitscope
