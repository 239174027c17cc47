"""Office files made part by part, with a marker in every corner where a text can stand."""

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _package(main: str, kind: str, parts: Mapping[str, str | bytes]) -> bytes:
    types = (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    )
    relations = f'{_HEAD}<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{R}/officeDocument" Target="{main}"/></Relationships>'
    return packed({"[Content_Types].xml": types, "_rels/.rels": relations, **parts})


def properties(title: str = "", comment: str = "", keywords: str = "") -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:description>{comment}</dc:description><cp:keywords>{keywords}</cp:keywords>"
        "</cp:coreProperties>"
    )


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def run(text: str, marks: str = "") -> str:
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _word(root: str, content: str) -> str:
    return f'{_HEAD}<w:{root} xmlns:w="{W}" xmlns:mc="{MC}" xmlns:v="urn:schemas-microsoft-com:vml">{content}</w:{root}>'


def docx(body: str, **others: str | bytes) -> bytes:
    """A docx with this body; `others` are members by name, with `__` for a slash and `_` for a dot."""
    named = {name.replace("__", "/").replace("_", "."): part for name, part in others.items()}
    return _package(
        "word/document.xml",
        "wordprocessingml.document",
        {"word/document.xml": _word("document", f"<w:body>{body}</w:body>"), **named},
    )


DOCX_CORNERS = (
    "正文", "表格", "嵌套表格", "页眉", "页脚", "首页页眉", "隐藏文字", "插入文字", "删除文字", "内容控件", "文本框", "拆分片段",
    "文档属性", "文档标题", "批注", "脚注", "水印", "自定义属性", "链接目标", "图片说明",
)  # fmt: skip


def docx_with_corners() -> tuple[bytes, dict[str, str]]:
    """The file, and the marker that stands in each corner."""
    mark = {corner: f"角标{number:02}{corner}" for number, corner in enumerate(DOCX_CORNERS)}
    split = mark["拆分片段"]
    table = "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>".format
    box = f"<w:txbxContent>{paragraph(run(mark['文本框']))}</w:txbxContent>"
    body = "".join(
        (
            paragraph(run(mark["正文"])),
            table(paragraph(run(mark["表格"])) + table(paragraph(run(mark["嵌套表格"])))),
            paragraph(run("看得见"), run(mark["隐藏文字"], "<w:vanish/>")),
            f'<w:p><w:ins w:id="1" w:author="a">{run(mark["插入文字"])}</w:ins></w:p>',
            f'<w:p><w:del w:id="2" w:author="a"><w:r><w:delText>{mark["删除文字"]}</w:delText></w:r></w:del></w:p>',
            f"<w:sdt><w:sdtContent>{paragraph(run(mark['内容控件']))}</w:sdtContent></w:sdt>",
            (
                f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback><w:pict>{box}</w:pict>"
                "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
            ),
            paragraph(*(run(char) for char in split)),
            f'<w:p><w:r><w:drawing><wp:docPr xmlns:wp="x" id="1" name="p" descr="{mark["图片说明"]}"/></w:drawing></w:r></w:p>',
        )
    )
    header = f'<w:p><w:r><w:pict><v:shape><v:textpath string="{mark["水印"]}"/></v:shape></w:pict></w:r></w:p>'
    custom = (
        f'{_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="v">'
        f'<property pid="2" name="x"><vt:lpwstr>{mark["自定义属性"]}</vt:lpwstr></property></Properties>'
    )
    links = f'{_HEAD}<Relationships xmlns="{RELS}"><Relationship Id="r9" Type="{R}/hyperlink" Target="https://x.example/{mark["链接目标"]}" TargetMode="External"/></Relationships>'
    data = _package(
        "word/document.xml",
        "wordprocessingml.document",
        {
            "word/document.xml": _word("document", f"<w:body>{body}</w:body>"),
            "word/_rels/document.xml.rels": links,
            "word/header1.xml": _word("hdr", paragraph(run(mark["页眉"])) + header),
            "word/header2.xml": _word("hdr", paragraph(run(mark["首页页眉"]))),
            "word/footer1.xml": _word("ftr", paragraph(run(mark["页脚"]))),
            "word/comments.xml": _word(
                "comments", f'<w:comment w:id="0">{paragraph(run(mark["批注"]))}</w:comment>'
            ),
            "word/footnotes.xml": _word(
                "footnotes", f'<w:footnote w:id="2">{paragraph(run(mark["脚注"]))}</w:footnote>'
            ),
            "docProps/core.xml": properties(mark["文档标题"], mark["文档属性"]),
            "docProps/custom.xml": custom,
        },
    )
    return data, mark


def sheet(rows: str, before: str = "", after: str = "") -> str:
    return f'{_HEAD}<worksheet xmlns="{S}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def xlsx(
    sheets: Mapping[str, str],
    *,
    hidden: tuple[str, ...] = (),
    others: Mapping[str, str | bytes] | None = None,
    names: str = "",
) -> bytes:
    """An xlsx of these sheets by name."""
    entries = "".join(
        f'<sheet name="{name}" sheetId="{number}" {"state=" + chr(34) + "hidden" + chr(34) if name in hidden else ""} r:id="rId{number}"/>'
        for number, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{R}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    return _package(
        "xl/workbook.xml",
        "spreadsheetml.sheet",
        {
            "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{S}" xmlns:r="{R}"><sheets>{entries}</sheets><definedNames>{names}</definedNames></workbook>',
            "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{RELS}">{relations}</Relationships>',
            **{
                f"xl/worksheets/sheet{n}.xml": content
                for n, content in enumerate(sheets.values(), 1)
            },
            **(others or {}),
        },
    )


XLSX_CORNERS = (
    "单元格", "共享字符串", "批注", "隐藏工作表", "工作表名", "隐藏列", "页眉", "线程批注", "定义名称", "公式文字", "格式文字",
    "隐藏行", "数据提示",
)  # fmt: skip


def xlsx_with_corners() -> tuple[bytes, dict[str, str]]:
    mark = {corner: f"表标{number:02}{corner}" for number, corner in enumerate(XLSX_CORNERS)}
    rows = (
        f'<row r="1">{text_cell("A1", mark["单元格"])}<c r="B1" t="s"><v>0</v></c>{text_cell("C1", mark["隐藏列"])}</row>'
        f'<row r="2" hidden="1">{text_cell("A2", mark["隐藏行"])}</row>'
        f'<row r="3"><c r="A3" t="str"><f>CONCAT("{mark["公式文字"]}",1)</f><v>x</v></c></row>'
    )
    first = sheet(
        rows,
        before='<cols><col min="3" max="3" hidden="1"/></cols>',
        after=f'<dataValidations><dataValidation prompt="{mark["数据提示"]}"/></dataValidations>'
        f"<headerFooter><oddHeader>&amp;C{mark['页眉']}</oddHeader></headerFooter>",
    )
    others = {
        "xl/sharedStrings.xml": f'{_HEAD}<sst xmlns="{S}"><si><r><t>{mark["共享字符串"][:3]}</t></r><r><t>{mark["共享字符串"][3:]}</t></r></si></sst>',
        "xl/comments1.xml": f'{_HEAD}<comments xmlns="{S}"><commentList><comment ref="A1"><text><r><t>{mark["批注"]}</t></r></text></comment></commentList></comments>',
        "xl/threadedComments/threadedComment1.xml": f'{_HEAD}<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="A1"><text>{mark["线程批注"]}</text></threadedComment></ThreadedComments>',
        "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{S}"><numFmts count="1"><numFmt numFmtId="164" formatCode="&quot;{mark["格式文字"]}&quot;0"/></numFmts><cellXfs><xf numFmtId="0"/></cellXfs></styleSheet>',
    }
    data = xlsx(
        {
            mark["工作表名"]: first,
            "名单": sheet(f'<row r="1">{text_cell("A1", mark["隐藏工作表"])}</row>'),
        },
        hidden=("名单",),
        others=others,
        names=f'<definedName name="范围">"{mark["定义名称"]}"</definedName>',
    )
    return data, mark


def _shape(text: str) -> str:
    return f"<p:sp><p:txBody>{_drawn(text)}</p:txBody></p:sp>"


def _drawn(text: str) -> str:
    return f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"


def _slide(content: str, root: str = "sld", attributes: str = "") -> str:
    return f'{_HEAD}<p:{root} xmlns:p="{P}" xmlns:a="{A}" {attributes}><p:cSld><p:spTree>{content}</p:spTree></p:cSld></p:{root}>'


PPTX_CORNERS = ("标题", "文本框", "备注", "表格", "组合", "隐藏幻灯片", "批注", "母版")


def pptx_with_corners() -> tuple[bytes, dict[str, str]]:
    mark = {corner: f"片标{number:02}{corner}" for number, corner in enumerate(PPTX_CORNERS)}
    table = f"<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody>{_drawn(mark['表格'])}</a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>"
    content = _shape(mark["标题"]) + _shape(mark["文本框"]) + table
    content += f"<p:grpSp>{_shape(mark['组合'])}</p:grpSp>"
    parts = {
        "ppt/presentation.xml": f'{_HEAD}<p:presentation xmlns:p="{P}"/>',
        "ppt/slides/slide1.xml": _slide(content),
        "ppt/slides/slide2.xml": _slide(_shape(mark["隐藏幻灯片"]), attributes='show="0"'),
        "ppt/notesSlides/notesSlide1.xml": _slide(_shape(mark["备注"]), "notes"),
        "ppt/slideMasters/slideMaster1.xml": _slide(_shape(mark["母版"]), "sldMaster"),
        "ppt/comments/comment1.xml": f'{_HEAD}<p:cmLst xmlns:p="{P}"><p:cm><p:text>{mark["批注"]}</p:text></p:cm></p:cmLst>',
    }
    return _package("ppt/presentation.xml", "presentationml.presentation", parts), mark


def odt_with_corners() -> tuple[bytes, dict[str, str]]:
    corners = ("正文", "表格", "页眉", "批注", "标题属性", "删除")
    mark = {corner: f"开标{number:02}{corner}" for number, corner in enumerate(corners)}
    office = 'xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:dc="d" xmlns:style="s" xmlns:meta="m"'
    body = (
        f"<text:tracked-changes><text:deletion><text:p>{mark['删除']}</text:p></text:deletion></text:tracked-changes>"
        f"<text:p>{mark['正文'][:3]}<text:span>{mark['正文'][3:]}</text:span><office:annotation><text:p>{mark['批注']}</text:p></office:annotation></text:p>"
        f"<table:table><table:table-row><table:table-cell><text:p>{mark['表格']}</text:p></table:table-cell></table:table-row></table:table>"
    )
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"{_HEAD}<office:document-content {office}><office:body><office:text>{body}</office:text></office:body></office:document-content>",
        "styles.xml": f"{_HEAD}<office:document-styles {office}><style:header><text:p>{mark['页眉']}</text:p></style:header></office:document-styles>",
        "meta.xml": f"{_HEAD}<office:document-meta {office}><office:meta><dc:title>{mark['标题属性']}</dc:title></office:meta></office:document-meta>",
    }
    return packed(parts), mark
