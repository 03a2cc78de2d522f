"""Codes: every ground on which a person's data may be processed without their consent, as one closed list."""

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "pipl-13-2": "necessary for a contract that the person is party to, or for lawful management of employees",
    "pipl-13-3": "necessary for a statutory duty or obligation",
    "pipl-13-4": "necessary against a public health emergency, or for life, health and property in an emergency",
    "pipl-13-5": "news reporting or supervision by public opinion in the public interest, within reason",
    "pipl-13-6": "data that the person or somebody else has lawfully made public, within reason",
    "pipl-13-7": "another case that a law or an administrative regulation names",
    "policy-obligation": "与履行法律法规规定的义务相关: tied to an obligation under laws and regulations",
    "policy-national-security": "与国家安全、国防安全直接相关: national security, defence",
    "policy-public-interest": "与公共安全、公共卫生、重大公共利益直接相关: public safety and health",
    "policy-justice": "与刑事侦查、起诉、审判和判决执行等直接相关: criminal proceedings",
    "policy-vital": "维护生命、财产等重大合法权益但又很难得到本人授权同意: vital interests, consent hard to obtain",
    "policy-published": "自行向社会公众公开的个人信息: what the person has made public",
    "policy-contract": "根据你的要求签订和履行合同所必需: a contract at the person's own request",
    "policy-public-source": "从合法公开披露的信息中收集: collected from lawful public sources",
    "policy-safe-service": "维护产品或服务的安全稳定运行所必需: safe and stable service",
    "policy-news": "合法的新闻报道所必需: lawful news reporting",
    "policy-research": "公共利益的统计或学术研究，结果已去标识化: research in the public interest",
}
"""
Code → its meaning in one line.

Source: Personal Information Protection Law (PIPL), article 13, items 2 to 7; the policy's 征得授权同意的例外, after
GB/T 35273-2020 section 5.6.
"""
