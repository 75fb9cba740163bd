--[[
What seam wrote into an export, as fields to filter by and to put into columns: the comments on
packets and the rows of calls.

  tshark -X lua_script:seam.lua -r X.pcapng -Y 'seam.merged && seam.held_ms > 10'

A comment is one line (viz/wireshark.h):

  #3[0..10) #4[0..10): 2 writes in one segment; held 39.812 ms; releases #5[0..10): held 1.200 ms
]]

local seam = Proto("seam", "Seam")
local field = {
	text = ProtoField.string("seam.text", "What it carries"),
	pieces = ProtoField.string("seam.pieces", "Pieces of writes"),
	write = ProtoField.uint32("seam.write", "Write"),
	writes = ProtoField.uint32("seam.writes", "Writes in it"),
	merged = ProtoField.bool("seam.merged", "Several writes in one"),
	split = ProtoField.bool("seam.split", "Not all of a write"),
	cut = ProtoField.bool("seam.cut", "Ends within a write"),
	held = ProtoField.bool("seam.held", "Held"),
	held_ms = ProtoField.double("seam.held_ms", "Held for ms"),
	flight_ms = ProtoField.double("seam.flight_ms", "On its way for ms"),
	retransmission = ProtoField.bool("seam.retransmission", "Sent again"),
	lost = ProtoField.bool("seam.lost", "Lost on its way"),
	cause = ProtoField.string("seam.cause", "What the link did"),
	fin = ProtoField.bool("seam.fin", "End of the stream"),
	releases = ProtoField.string("seam.releases", "Lets go"),
	released_ms = ProtoField.double("seam.released_ms", "That was held for ms"),
	record = ProtoField.string("seam.record", "Row of"),
	call = ProtoField.uint32("seam.call", "Call"),
	endpoint = ProtoField.string("seam.endpoint", "Endpoint"),
	name = ProtoField.string("seam.name", "Name of the call"),
	socket = ProtoField.uint32("seam.socket", "Socket"),
	begin_ns = ProtoField.int64("seam.begin_ns", "Begin, ns"),
	end_ns = ProtoField.int64("seam.end_ns", "End, ns"),
	asked = ProtoField.int64("seam.asked", "Asked for, bytes"),
	result = ProtoField.int64("seam.result", "Returned"),
	error = ProtoField.int32("seam.error", "errno"),
	offset = ProtoField.int64("seam.offset", "Offset in the stream"),
	pending = ProtoField.bool("seam.pending", "Never returned"),
}

-- Proto.fields takes a list.
local list = {}
for _, one in pairs(field) do
	list[#list + 1] = one
end
seam.fields = list

local comment_field = Field.new("frame.comment")
local journal_field = Field.new("systemd_journal")

-- "#3[0..10) #4[0..10)": each write that is named.
local function add_writes(tree, pieces)
	for number in pieces:gmatch("#(%d+)%[") do
		tree:add(field.write, tonumber(number))
	end
end

local function add_words(tree, words)
	local count = words:match("^(%d+) writes in one ")

	if count then
		tree:add(field.writes, tonumber(count))
		tree:add(field.merged, true)
	elseif words == "one write" or words == "an empty datagram" then
		tree:add(field.writes, 1)
	elseif words == "part of one write" then
		tree:add(field.writes, 1)
		tree:add(field.split, true)
	elseif words == "goes on behind" then
		tree:add(field.cut, true)
	elseif words == "end of the stream" then
		tree:add(field.fin, true)
	elseif words == "never arrived" then
		tree:add(field.lost, true)
	elseif words:find("^sent again") then
		tree:add(field.retransmission, true)
	end
	local held = words:match("^held ([%d.]+) ms$")
	if held then
		tree:add(field.held, true)
		tree:add(field.held_ms, tonumber(held))
	end
	local flight = words:match("^arrives ([%d.]+) ms later$") or words:match("^left ([%d.]+) ms before$")
	if flight then
		tree:add(field.flight_ms, tonumber(flight))
	end
	local deed, cause = words:match("^(%l[%l ]*) by the link: (.+)$")
	if deed then
		tree:add(field.cause, cause)
		if deed == "dropped" or deed == "damaged" then
			tree:add(field.lost, true)
		end
	end
end

-- "releases #5[0..10): held 1.200 ms", the rest of a comment.
local function add_release(tree, text)
	local pieces, held = text:match("^releases (.-): held ([%d.]+) ms")

	if pieces then
		tree:add(field.releases, pieces)
		tree:add(field.released_ms, tonumber(held))
	end
end

local function add_comment(tree, text)
	local own, release = text, nil
	local at = text:find("releases #", 1, true)

	tree:add(field.text, text)
	if at then
		own, release = text:sub(1, at - 1), text:sub(at)
	end
	for part in (own .. "; "):gmatch("(.-); ") do
		local pieces, words = part:match("^(#.-%)): (.*)$")

		if pieces then
			tree:add(field.pieces, pieces)
			add_writes(tree, pieces)
		end
		-- "[0..10): sent again": of no write that is known.
		add_words(tree, words or part:match("^%[%d+%.%.%d+%): (.*)$") or part)
	end
	if release then
		add_release(tree, release)
	end
end

-- The fields of a Journal entry: NAME=value, or the name, eight bytes of length and the value.
local function read_entry(text)
	local entry, at = {}, 1

	while at <= #text do
		local stop = text:find("\n", at, true)
		if not stop or stop == at then
			break
		end
		local line = text:sub(at, stop - 1)
		local name, value = line:match("^([^=]+)=(.*)$")
		if name then
			if entry[name] == nil then
				entry[name] = value
			end
			at = stop + 1
		else
			local length = 0
			if stop + 8 > #text then
				break
			end
			for i = 8, 1, -1 do
				length = length * 256 + text:byte(stop + i)
			end
			local binary = text:sub(at, stop - 1)
			if entry[binary] == nil then
				entry[binary] = text:sub(stop + 9, stop + 8 + length)
			end
			at = stop + 8 + length + 2
		end
	end
	return entry
end

local plain = {
	{ "SEAM_RECORD", "record" },
	{ "SEAM_CALL", "call" },
	{ "SEAM_ENDPOINT", "endpoint" },
	{ "SEAM_NAME", "name" },
	{ "SEAM_SOCKET", "socket" },
	{ "SEAM_ASKED", "asked" },
	{ "SEAM_DONE", "result" },
	{ "SEAM_ERRNO", "error" },
	{ "SEAM_OFFSET", "offset" },
	{ "SEAM_BEGIN", "begin_ns" },
	{ "SEAM_END", "end_ns" },
}

local function add_value(tree, name, value)
	if name == "record" or name == "endpoint" or name == "name" then
		tree:add(field[name], value)
	elseif name == "begin_ns" or name == "end_ns" or name == "asked" or name == "result" or name == "offset" then
		tree:add(field[name], Int64.new(value))
	else
		tree:add(field[name], tonumber(value))
	end
end

local function add_entry(tree, entry)
	for _, row in ipairs(plain) do
		local value = entry[row[1]]

		if value and (value:find("^%-?%d+$") or row[2] == "record" or row[2] == "endpoint" or row[2] == "name") then
			add_value(tree, row[2], value)
		end
	end
	if entry.SEAM_RECORD ~= "call" then
		return
	end
	if entry.SEAM_MESSAGE then
		tree:add(field.write, tonumber(entry.SEAM_MESSAGE) + 1)
	end
	if not entry.SEAM_END then
		tree:add(field.pending, true)
	end
end

function seam.dissector(tvb, pinfo, root)
	local comments = { comment_field() }

	if journal_field() then
		local entry = read_entry(tvb:raw())

		if entry.SEAM_RECORD then
			add_entry(root:add(seam, tvb()), entry)
		end
		return
	end
	if #comments == 0 then
		return
	end
	local tree = root:add(seam, tvb())
	for _, comment in ipairs(comments) do
		add_comment(tree, tostring(comment.value))
	end
end

register_postdissector(seam)
