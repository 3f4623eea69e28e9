shop=http://127.0.0.1:3000
patch='Content-Type: application/merge-patch+json'
editor='Authorization: Bearer TOKEN'

# 1. Alice and Bob open the same article. Its entity-tag names the state that both have before them.
seen=$(curl -sI $shop/articles/1 | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')
echo "$seen"
before=$(echo "$seen" | tr -d '"' | cut -d- -f1)
place=$(curl -sI "$shop/articles?limit=1" | tr -d '\r' | sed -n 's/^[Uu]nclash-[Cc]ursor: //p')

# 2. Alice gives it another title, and says which state that is for: 200.
curl -si -w '\n\n' -X PATCH $shop/articles/1 -H "$patch" -H "If-Match: $seen" \
  -d '{ "title": "How to sharpen any knife, as of '$(date +%T)'" }'

# 3. Bob has not seen it, and adds a tag: 200, with both edits. Unclash-Conflict says that they were merged.
curl -si -w '\n\n' -X PATCH $shop/articles/1 -H "$patch" -H "If-Match: $seen" \
  -d '{ "tags": ["kitchen", "knives", "care", "stones"] }'

# 4. He wants another title too: 409, with what changed and which field he would undo.
curl -si -w '\n\n' -X PATCH $shop/articles/1 -H "$patch" -H "If-Match: $seen" \
  -d '{ "title": "How to sharpen a kitchen knife on a stone" }'

# 5. So Bob opens it again, and makes his edit to what is there now: 200.
now=$(curl -sI $shop/articles/1 | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')
title=$(curl -s $shop/articles/1 | sed 's/.*"title":"\([^"]*\)".*/\1/')
curl -si -w '\n\n' -X PATCH $shop/articles/1 -H "$patch" -H "If-Match: $now" \
  -d '{ "title": "'"$title"', on a stone" }'

# 6. Carol too has the article open since then, and asks that her title waits until someone has looked: 409, parked.
curl -si -w '\n\n' -X PATCH $shop/articles/1 -H "$patch" -H "If-Match: $seen" -H 'Prefer: on-conflict=manual' \
  -d '{ "title": "Sharp knives, safe fingers" }'

# 7. The editor finds that among the open conflicts, and sees what Carol had before her, what is there, and her wish.
open=$(curl -s "$shop/conflicts?resource=articles/1&state=open" -H "$editor")
conflict=$(echo "$open" | grep -o '"c_[^"]*"' | head -n 1 | tr -d '"')
curl -s -w '\n\n' $shop/conflicts/$conflict -H "$editor"

# 8. "mine" would take all of Carol's article, "theirs" what is there. The editor takes a title of neither: 200.
article=$(curl -s $shop/articles/1 | sed 's/"title":"[^"]*"/"title":"Sharp knives, on a stone"/')
curl -si -w '\n\n' $shop/resolve-conflict -H 'Content-Type: application/json' -H "$editor" \
  -d '{ "conflict": "'$conflict'", "resolution": "custom", "value": '"$article"' }'

# 9. All of it is there, and so is every state that the article ever had, with what made it.
curl -s -w '\n\n' $shop/articles/1
curl -s -w '\n\n' $shop/articles/1/versions

# 10. An older app reads the same article in v1 of the API, where its body is called content; Link leads to v2.
curl -si -w '\n\n' $shop/v1/articles/1
seen=$(curl -sI $shop/v1/articles/1 | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')

# 11. Dan writes a new body in v2, with the entity-tag of v1, which names the same state: 200.
curl -si -w '\n\n' -X PATCH $shop/articles/1 -H "$patch" -H "If-Match: $seen" \
  -d '{ "body": "Ask us on a Tuesday, as of '$(date +%T)'." }'

# 12. Erin's older app has not seen that: 409, told as /content, the name that it knows.
curl -si -w '\n\n' -X PATCH $shop/v1/articles/1 -H "$patch" -H "If-Match: $seen" -d '{ "content": "Ask Erin." }'

# 13. The editor takes it all back: what was there before all this is the newest state.
seen=$(curl -sI $shop/articles/1 | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')
curl -si -w '\n\n' -X POST $shop/articles/1/rollback -H 'Content-Type: application/json' -H "$editor" \
  -H "If-Match: $seen" -d '{ "version": '$before' }'

# 14. And this was there at this time yesterday; or the first state, where the shop is younger.
at=$(($(date +%s) - 86400)) form='+%a, %d %b %Y %T GMT'
yesterday=$(LC_ALL=C date -u -d @$at "$form" 2>/dev/null || LC_ALL=C date -u -r $at "$form")
curl -si -w '\n\n' $shop/articles/1 -H "Accept-Datetime: $yesterday"

# 15. What was told of all this: the merge, what waits, and how that was resolved. A stream tells it as it happens.
curl -s -w '\n\n' "$shop/conflict-notifications/events?after=$place&resource=articles/1&type=unclash.conflict.*" \
  -H "$editor"
