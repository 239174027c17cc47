"""The text that explains a package to whoever receives it."""

from typing import Final

README: Final = """\
这是规矩（Guiju）导出的证据包。不需要我们的服务器、网络或帮助，你就可以自己核验。

1. 从你信任的渠道（不是本包，也不是发包人）取得核验程序 guiju_verify.py 和策略文件 policy.json。
   策略文件写明账本名称、账本公钥，以及独立见证人留存的树头。
2. 在任何装有 Python 3.8 或更新版本的电脑上运行：
       python3 guiju_verify.py 本包文件名 --policy policy.json
3. 结果：0 已核验且有独立见证；3 内部一致，但没有独立见证；1 内容被改动；2 不是合格的证据包。

各文件：
  checkpoint         签名的树头：截至导出时账本的大小和根
  tiles/             哈希树；每条记录都由它连到树头
  entries/           记录原文，一字节不差
  bodies/            公开的正文及其盐值，与记录中的承诺相符
  withheld.jsonl     未公开的正文及理由
  completeness.json  每个群在时段内的起止编号，以及时段前后相邻的记录；
                     群内编号连续，缺一条就会被发现
  people.jsonl       代号对应的人。账本不证明这一项，由导出人声明
  manifest.json      范围和全部文件的哈希。范围由导出人声明；把它的哈希与账本中的导出记录核对

----

This is an evidence package exported from Guiju. You can verify it yourself, without our server,
network or help.

1. Get the verifier guiju_verify.py and the policy file policy.json from a source that you trust
   (neither this package nor whoever sent it). The policy names the ledger, its public keys, and the
   tree heads that witnesses kept.
2. On any computer with Python 3.8 or newer run:
       python3 guiju_verify.py PACKAGE --policy policy.json
3. The result: 0 verified and witnessed; 3 consistent, but no independent witness; 1 altered;
   2 not a valid package.

The files:
  checkpoint         the signed tree head: size and root of the ledger when this was exported
  tiles/             the hash tree, which ties each entry to the tree head
  entries/           the entries, byte for byte
  bodies/            disclosed texts with their salts, which fit the commitments in the entries
  withheld.jsonl     texts that are not disclosed, and why
  completeness.json  for each group the first and last number in the period and the neighbours
                     outside it; numbers in a group have no gaps, so a missing entry shows
  people.jsonl       who a pseudonym is. The ledger does not prove this; the exporter states it
  manifest.json      scope, and hashes of all files. The exporter states the scope; compare the hash
                     of this file with the record of the export in the ledger
"""
