"""A rulebook that shows every section and every shorthand of the format."""

EVERYTHING = """\
rulebook: sample
title: {zh: 样例, en: Sample}
languages: [zh, en]
timezone: Asia/Shanghai
partition: community
use: [./packs/quiet, {rulebook: ./packs/loud-words, as: loud, with: {limit: 8, within: 10s}}]
events: [message, member.joined]
parameters:
  limit: {type: integer, default: 3, min: 1, max: 10, title: Limit, description: {en: How many}}
  dated: {type: integer, values: {2026-01-01: 5, 2026-07-01: {value: 8, because: {zh: 多, en: More}, source: vote}}}
lists:
  short: [a, 1, no]
  long: {match: domain, items: [github.com], options: [leet]}
  learnt: {match: squeezed, changes: true, items: []}
scores:
  - id: doubt
    title: Doubt
    on: message
    points: [{when: length(links) > 0, add: 40}, {add: 1}]
at_most:
  - {ban: 5 per hour, then: [{notify: {role: admin}}]}
  - {kick: 1 per 10m, approval: {by: admin, within: 1d}}
define:
  staff: actor.roles has "admin"
assume: {member: {bot: false}}
ledgers:
  strikes: {per: member, floor: -5, ceiling: 10.0, fade: 1 every 30d, title: Strikes}
  points: {}
  likes: {per: message}
caps: {chatting: 5 per day}
limits: {open_paths: 5, ahead: 10d, retain: 30d}
rules:
  - id: first
    title: First
    text: {zh: 一, en: One}
    on: [message, message.edited]
    when: text contains "a"
    unless: staff
    then:
      - delete
      - warn: null
      - strike: 1
      - reply: {zh: 不, en: No}
      - send: {to: general, text: hi}
      - notify: {to: owner}
      - {add_role: quiet, lasts: 1d, after: 10m}
      - {enlist: text, in: learnt}
      - {unlist: text, in: learnt}
    requires: points(actor) > 1
    otherwise: [warn]
    first_of: answers
    priority: 10
    starts: 2026-01-31
    because: {zh: 刷屏多, en: Too much spam}
    source: https://example.com/vote/7
    once_per: actor within 10m
    tags: [spam]
    mode: shadow
    rollout: 10%
    was: zeroth
    ends: 2027-01-31
    approval: {by: admin, approvals: 2, within: 1d, if_not_approved: [warn], batch: true, recheck: false}
  - {id: second, on: message, times: {per: actor, within: 1h, 3: [delete], 1: [{reply: Psst}]}}
  - id: third
    on: message
    table:
      hit: first
      columns: [length(links), text]
      rows:
        - {id: many, was: 1, title: Many, when: [">= 3 and < 9", -], then: [delete]}
        - {when: [1, not contains "x"], then: [warn]}
      otherwise: [greet]
rewards:
  - id: liked
    on: reaction.added
    grant: {strikes: 5, points: limit, to: message.author}
    cap: chatting
    undo_on: {reaction.removed: [actor, message, emoji]}
  - {id: chatty, on: message, grant: {points: 1}, cap: 50 per day, rollout: 0.5}
ladders:
  - id: discipline
    ledger: strikes
    steps:
      - {reaches: 2, falls_below: 1, then: [warn], on_the_way_back: [greet], cool_down: 1d, title: Two, unless: staff}
      - {reaches: limit, then: [ban], approval: {by: admin, within: 1d}}
    fire: all
    beyond: repeat
    appeal: {within: 7d, to: owner}
paths:
  - id: question
    on: message
    one_per: [actor, channel]
    until: [{on: message, when: reply_to == start.id}]
    until_all: [{id: read, title: the rules, on: reaction.added, when: emoji == "x"}]
    restart_on: [{on: message.edited}]
    hours: 09:00-22:00
    steps:
      - {after: 30m, then: [warn], repeat: 3, every: 1h, when: staff}
      - {due: task.due - 1h, then: [warn]}
    afterwards: [greet]
states:
  - {id: lockdown, enter: count(message within 1m) > 5, leave: quiet(message) > 5m, then: [lock], afterwards: [unlock]}
  - {id: slow, per: channel, enter: count(message by channel within 1m) > 5, leave: quiet(message by channel) > 5m}
schedules:
  - {id: weekly, at: monday 09:00, for_each: member, when: staff, then: [warn], together: [warn], hours: 09:00-10:00}
  - {id: loud, at: monday 09:00, for_each: member, most: count(message by actor = member), limit: 3, then: [warn]}
  - {id: quiet, at: monday 09:00, for_each: member, least: silence(member), then: [warn]}
"""
