using System.Collections.Immutable;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

/// <summary>One slip in a sound file gives one error: its line, what stands at its column, its words and its mend.</summary>
public class ErrorTests
{
    private const string Sound = """
        name: sound
        dialect: mizar
        topology:
          underlay: { mtu: 3000B, delay: 10us, rate: 10Gbit, queue: 512 frames }
          droplets:
            left: { address: 172.17.0.11 }
            right: { mac: 02:00:00:00:00:02 }
            switch: {}
          vpcs:
            blue: { vni: 3, cidr: 10.0.0.0/8, dividers: [switch] }
            red: { vni: 4, cidr: 10.0.0.0/8 }
          networks:
            net10: { vpc: blue, cidr: 10.0.0.0/24, bouncers: [switch] }
            net20: { vpc: blue, cidr: 10.0.20.0/24, bouncers: [switch, right] }
            net30: { vpc: red, cidr: 10.0.0.0/24, bouncers: [switch] }
          endpoints:
            a: { network: net10, address: 10.0.0.2, droplet: left }
            b: { network: net10, address: 10.0.0.3, droplet: right }
            c: { network: net20, address: 10.0.20.2, droplet: right, mtu: 1400B }
            r: { network: net30, address: 10.0.0.2, droplet: left }
            later: { network: net10, address: 10.0.0.9, droplet: left }
        timeline:
          - ping: { from: a, to: b, count: 2, interval: 10ms, name: first, at: 5ms }
          - udp: { from: a, to: c, payload: 100B, name: second }
          - tcp: { from: a, to: b, background: true, name: third }
          - create_endpoint: later
          - move_endpoint: { endpoint: later, to: right }
          - add_bouncer: { network: net10, droplet: left }
          - remove_divider: { vpc: blue, droplet: switch }
          - fail: switch
          - restore: switch
          - frame: { from: a, packet: "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=10.0.0.2 dst=10.0.0.3 / zeros 8" }
          - delete_endpoint: later
          - wait: 5ms
        expect:
          - reachable: { from: a, to: b }
          - hops: { from: b, to: a, hops: 1, nth: 1 }
          - ttl_at: { droplet: left, protocol: icmp, ttl: { 64: 4 }, step: first }
          - dropped: { at: left, reason: no_vpc, count: 2 }
          - table: { on: left, name: direct_path, contains: [ "b = right" ], absent: [ a ], count: 1 }
          - isolated: [blue, red]
        """;

    [Fact]
    public void TheSoundFileIsSound() => Assert.Equal(12, ScenarioLoader.Load("s.yaml", Sound).Timeline.Length);

    [Theory]
    // Words nobody declared or knows.
    [InlineData("count: 2, interval", "cuont: 2, interval", 23, "cuont:", "ping has no key 'cuont' (did you mean 'count'?)")]
    [InlineData("dialect: mizar", "dialekt: mizar", 2, "dialekt:", "scenario has no key 'dialekt' (did you mean 'dialect'?)")]
    [InlineData("dialect: mizar", "dialect: mizra", 2, "mizra", "expected a dialect (mizar, lab), not 'mizra' (did you mean 'mizar'?)")]
    [InlineData("droplet: left }\n    b:", "droplet: lfet }\n    b:", 17, "lfet", "droplet 'lfet' is not declared (did you mean 'left'?)")]
    [InlineData("bouncers: [switch, right]", "bouncers: [switch, rigth]", 14, "rigth", "droplet 'rigth' is not declared (did you mean 'right'?)")]
    [InlineData("network: net20", "network: net21", 19, "net21", "network 'net21' is not declared (did you mean 'net20'?)")]
    [InlineData("vpc: red", "vpc: rod", 15, "rod", "VPC 'rod' is not declared (did you mean 'red'?)")]
    [InlineData("from: a, to: b, count", "from: a, to: bb, count", 23, "bb", "endpoint 'bb' is not declared (did you mean 'b'?)")]
    [InlineData("- wait: 5ms", "- wiat: 5ms", 34, "wiat:", "'wiat' is not a step (did you mean 'wait'?)")]
    [InlineData("- reachable:", "- reachible:", 36, "reachible:", "'reachible' is not an expectation (did you mean 'reachable'?)")]
    [InlineData("reason: no_vpc", "reason: no_vcp", 39, "no_vcp", "expected a reason to drop, not 'no_vcp' (did you mean 'no_vpc'?)")]
    [InlineData("name: direct_path", "name: direct_paths", 40, "direct_paths", "expected a table, not 'direct_paths' (did you mean 'direct_path'?)")]
    [InlineData("step: first", "step: frist", 38, "frist", "the timeline has no step 'frist' (did you mean 'first'?)")]
    [InlineData("\"b = right\"", "\"b = rihgt\"", 40, "\"b = rihgt", "'rihgt' is no value of direct_path (did you mean 'right'?)")]
    [InlineData("absent: [ a ]", "absent: [ 3/10.0.0 ]", 40, "3/10.0.0", "'3/10.0.0' is no key of direct_path (like: c)")]
    // Quantities.
    [InlineData("interval: 10ms", "interval: 10", 23, "10", "a quantity needs a unit (10ms?)")]
    [InlineData("mtu: 3000B", "mtu: 3000", 4, "3000", "a quantity needs a unit (3000B?)")]
    [InlineData("512 frames", "512", 4, "512", "a quantity needs a unit (512 frames?)")]
    [InlineData("interval: 10ms", "interval: 10mm", 23, "10mm", "'mm' is no unit of a duration (ps, ns, us, ms, s) (did you mean 'ms'?)")]
    [InlineData("delay: 10us", "delay: 10B", 4, "10B", "'B' is no unit of a duration (ps, ns, us, ms, s)")]
    [InlineData("rate: 10Gbit", "rate: 10GB", 4, "10GB", "'GB' is no unit of a rate (bit, kbit, Mbit, Gbit)")]
    [InlineData("interval: 10ms", "interval: soon", 23, "soon", "expected a duration like 10ms, not 'soon'")]
    [InlineData("interval: 10ms", "interval: 0.0001ps", 23, "0.0001ps", "'0.0001ps' is out of range (1us to 3600s)")]
    [InlineData("payload: 100B", "payload: 1.5B", 24, "1.5B", "'1.5B' is not a whole number of B")]
    // Too much.
    [InlineData("count: 2, interval", "count: 1000001, interval", 23, "1000001", "expected a count (1 to 1000000), not '1000001'")]
    [InlineData("count: 2, interval: 10ms", "count: 1000000, interval: 10ms", 23, "ping:", "1000000 times 10ms is longer than 3600s (fewer, or a shorter interval)")]
    [InlineData("interval: 10ms", "interval: 999999999s", 23, "999999999s", "'999999999s' is out of range (1us to 3600s)")]
    [InlineData("payload: 100B", "payload: 1373B", 24, "1373B", "a payload of 1373B does not fit endpoint 'c' with its MTU of 1400B (at most 1372B)")]
    [InlineData("payload: 100B", "payload: 100kB", 24, "100kB", "'100kB' is out of range (0B to 65536B)")]
    [InlineData("zeros 8", "zeros 1485", 32, "\"eth dst=02:00:", "a frame of 1519 bytes does not fit endpoint 'a' with its MTU of 1500B")]
    [InlineData("vni: 3", "vni: 16777216", 10, "16777216", "expected a VNI other than the substrate's 0 (1 to 16777215), not '16777216'")]
    [InlineData("dividers: [switch]", "dividers: 129", 10, "129", "expected a number of droplets (1 to 128), not '129'")]
    [InlineData("dividers: [switch]", "dividers: 2", 10, "2", "a number of droplets needs a placement (topology: placement: { strategy: round_robin })")]
    // Addresses.
    [InlineData("vni: 3", "vni: 0", 10, "0", "expected a VNI other than the substrate's 0 (1 to 16777215), not '0'")]
    [InlineData("vni: 4", "vni: 3", 11, "3", "VNI 3 of VPC 'red' is that of VPC 'blue' too")]
    [InlineData("cidr: 10.0.20.0/24", "cidr: 10.0.0.0/16", 14, "10.0.0.0/16", "network 'net20' (10.0.0.0/16) overlaps network 'net10' (10.0.0.0/24) in VPC 'blue'")]
    [InlineData("cidr: 10.0.20.0/24", "cidr: 10.0.20.1/24", 14, "10.0.20.1/24", "expected a CIDR block like 10.0.0.0/24, not '10.0.20.1/24' (did you mean '10.0.20.0/24'?)")]
    [InlineData("cidr: 10.0.20.0/24", "cidr: 10.0.20.0/31", 14, "10.0.20.0/31", "10.0.20.0/31 has no room for a gateway and an endpoint (/30 or shorter)", "address: 10.0.20.2|address: 10.0.20.1")]
    [InlineData("address: 10.0.0.3", "address: 10.0.0.2", 18, "10.0.0.2", "address 10.0.0.2 of endpoint 'b' is that of endpoint 'a' too (to move an endpoint use move_endpoint)", "to: b, |to: c, |{ from: a, to: b }|{ from: a, to: c }|from: b, to: a|from: c, to: a")]
    [InlineData("address: 10.0.0.3", "address: 10.0.1.3", 18, "10.0.1.3", "address 10.0.1.3 is outside network 'net10' (10.0.0.0/24) (10.0.0.2?)")]
    [InlineData("address: 10.0.0.3", "address: 10.0.0.1", 18, "10.0.0.1", "address 10.0.0.1 is the gateway of network 'net10' (choose another)")]
    [InlineData("address: 10.0.0.3", "address: 10.0.0.255", 18, "10.0.0.255", "address 10.0.0.255 is the broadcast address of 10.0.0.0/24")]
    [InlineData("address: 10.0.0.3", "address: 10.0.0.0", 18, "10.0.0.0", "address 10.0.0.0 is the network address of 10.0.0.0/24")]
    [InlineData("address: 10.0.0.3", "address: 10.0.0.300", 18, "10.0.0.300", "expected an IPv4 address like 10.0.0.2, not '10.0.0.300'")]
    [InlineData("right: { mac: 02:00:00:00:00:02 }", "right: { address: 172.17.0.11 }", 7, "172.17.0.11", "address 172.17.0.11 of droplet 'right' is that of droplet 'left' too")]
    [InlineData("mac: 02:00:00:00:00:02", "mac: 03:00:00:00:00:02", 7, "03:00:00:00:00:02", "03:00:00:00:00:02 is no MAC of one interface (the first byte's lowest bit makes it a group's)")]
    [InlineData("mac: 02:00:00:00:00:02", "mac: 02:42:ac:11:00:0b", 7, "02:42:ac:11:00:0b", "MAC 02:42:ac:11:00:0b of droplet 'right' is that of droplet 'left' too")]
    [InlineData("172.17.0.11", "224.0.0.1", 6, "224.0.0.1", "224.0.0.1 is no address of a host (172.17.0.2?)")]
    [InlineData("bouncers: [switch, right]", "bouncers: [right, right]", 14, "right", "droplet 'right' is listed twice (name it once)")]
    // The timeline.
    [InlineData("name: second", "name: first", 24, "first", "duplicate step name 'first' (the first is in line 23)")]
    [InlineData("name: second", "name: second, at: 4ms", 24, "4ms", "at 4ms goes back: an earlier step waits for 5ms (steps begin in order)")]
    [InlineData("- create_endpoint: later", "- create_endpoint: later\n  - create_endpoint: later", 27, "later", "endpoint 'later' exists already at this step (delete_endpoint: later before it)")]
    [InlineData("- delete_endpoint: later", "- delete_endpoint: later\n  - delete_endpoint: later", 34, "later", "endpoint 'later' does not exist at this step (create_endpoint: later before it)")]
    [InlineData("- delete_endpoint: later", "- delete_endpoint: later\n  - ping: { from: later, to: a }", 34, "later", "endpoint 'later' does not exist at this step (create_endpoint: later before it)")]
    [InlineData("from: a, to: b, count", "from: later, to: b, count", 23, "later", "endpoint 'later' does not exist at this step (create_endpoint: later before it)")]
    [InlineData("endpoint: later, to: right", "endpoint: later, to: left", 27, "left", "endpoint 'later' is on droplet 'left' already")]
    [InlineData("add_bouncer: { network: net10, droplet: left }", "add_bouncer: { network: net20, droplet: right }", 28, "right", "droplet 'right' is a bouncer of network 'net20' already at this step")]
    [InlineData("remove_divider: { vpc: blue, droplet: switch }", "remove_divider: { vpc: red, droplet: switch }", 29, "switch", "droplet 'switch' is no divider of VPC 'red' at this step (it has none)")]
    [InlineData("- fail: switch", "- fail: switch\n  - fail: switch", 31, "switch", "droplet 'switch' has failed already at this step (restore: switch before it)")]
    [InlineData("- fail: switch", "- wait: 1ms", 31, "switch", "droplet 'switch' has not failed at this step (fail: switch before it)")]
    [InlineData("from: a, to: b, count", "from: a, to: a, count", 23, "a", "endpoint 'a' cannot exchange with itself", "reachable: { from: a, to: b }|reachable: { from: a, to: b, step: third }")]
    [InlineData("from: a, to: c, payload", "from: a, to: r, payload", 24, "r", "endpoint 'r' is in another VPC, and its address 10.0.0.2 is that of 'a' in the sender's ('a' would be reached; write that name or the address)", "from: a, to: r, payload|from: b, to: r, payload")]
    [InlineData("from: a, to: c, payload", "from: a, to: 10.0.0.255, payload", 24, "10.0.0.255", "10.0.0.255 is no unicast address (a stack does not send to it: send a frame)")]
    [InlineData("- create_endpoint: later", "- tcp: { from: c, to: b }\n  - create_endpoint: later", 26, "tcp:", "port 9001 of 10.0.0.3 is still taken by background step 'third' (use another port)")]
    [InlineData("/ zeros 8", "/ zero 8", 32, "\"eth dst=02:00:", "packet, character 84: there is no layer 'zero' (did you mean 'zeros'?)")]
    // Expectations nothing can meet.
    [InlineData("reachable: { from: a, to: b }", "reachable: { from: c, to: b }", 36, "reachable:", "no step sends anything from 'c' to 'b' (an expectation nothing can meet)")]
    [InlineData("hops: { from: b, to: a, hops: 1, nth: 1 }", "hops: { from: b, to: a, hops: 1, step: second }", 37, "hops:", "step 'second' sends nothing from 'b' to 'a' (an expectation nothing can meet)")]
    [InlineData("isolated: [blue, red]", "isolated: [blue, blue]", 41, "[blue", "isolated is about two VPCs ([blue, red])")]
    [InlineData("contains: [ \"b = right\" ], absent: [ a ], count: 1 }", "}", 40, "table:", "table needs one of contains, absent, count")]
    // YAML.
    [InlineData("vni: 3,", "vni: 3, vni: 5,", 10, "vni:", "duplicate key 'vni' (the first is in line 10)")]
    [InlineData("dialect: mizar", "dialect: &d mizar", 2, "&d", "anchor '&d' (the language has no anchors and aliases: write the value out)")]
    [InlineData("dialect: mizar", "dialect: !!str mizar", 2, "!!str", "tag 'tag:yaml.org,2002:str' (the language has no tags: remove it)")]
    [InlineData("    left: { address: 172.17.0.11 }", "\tleft: { address: 172.17.0.11 }", 6, "\t", "a tab cannot indent (use spaces)")]
    [InlineData("name: sound", "name: so\u0007und", 1, "\u0007und", "character U+0007 is not text (remove it)")]
    [InlineData("name: sound\n", "", 1, "dialect:", "scenario needs 'name' (add name: text)")]
    [InlineData("  droplets:", "  dropplets:", 5, "dropplets:", "topology has no key 'dropplets' (did you mean 'droplets'?)")]
    [InlineData("timeline:", "time_line:", 22, "time_line:", "scenario has no key 'time_line' (did you mean 'timeline'?)")]
    [InlineData("from: a, to: c, payload", "from: a, payload", 24, "{", "udp needs 'to' (add to: the name of an endpoint or a service, or an IPv4 address)")]
    [InlineData("  - wait: 5ms\n", "  - wait: 5ms\n    fail: left\n", 35, "fail:", "'fail' beside another key (a step is a mapping with one key; begin the next with '- ')")]
    [InlineData("background: true", "background: yes", 25, "yes", "expected true or false, not 'yes' (write true)")]
    [InlineData("count: 2 }", "count: \"2\" }", 39, "\"2", "expected a count (0 to 1000000), not '2' (without quotes)")]
    public void OneSlipOneErrorAtItsPlace(string good, string bad, int line, string at, string error, string more = "")
    {
        Assert.Contains(good, Sound);
        string text = Sound.Replace(good, bad, StringComparison.Ordinal);
        string[] pairs = more.Split('|');
        for (int i = 0; i + 1 < pairs.Length; i += 2)
        {
            text = text.Replace(pairs[i], pairs[i + 1], StringComparison.Ordinal);
        }
        ScenarioError only = Assert.Single(Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("s.yaml", text)).Errors);
        Assert.Equal(error, only.ToString()[(only.Where.ToString().Length + 2)..]);
        Assert.Equal(line, only.Where.Line);
        Assert.StartsWith(at, text.Split('\n')[line - 1][(only.Where.Column - 1)..], StringComparison.Ordinal);
    }

    [Fact]
    public void EverythingWrongIsReportedOnceAndInOrder()
    {
        string text = Sound
            .Replace("vni: 4", "vni: 3", StringComparison.Ordinal)
            .Replace("interval: 10ms", "interval: 10", StringComparison.Ordinal)
            .Replace("reason: no_vpc", "reason: none", StringComparison.Ordinal)
            .Replace("mtu: 3000B", "mtu: 30", StringComparison.Ordinal);
        ImmutableArray<ScenarioError> errors = Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("s.yaml", text)).Errors;
        Assert.Equal([4, 11, 23, 39], errors.Select(e => e.Where.Line));
        Assert.All(errors, e => Assert.Equal("s.yaml", e.Where.File));
    }

    [Fact]
    public void AfterAHundredErrorsTheRestIsCounted()
    {
        string steps = string.Concat(Enumerable.Repeat("  - wait: 5\n", 250));
        ScenarioException thrown = Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("s.yaml", Sound.Replace("  - wait: 5ms\n", steps, StringComparison.Ordinal)));
        Assert.Equal(101, thrown.Errors.Length);
        Assert.Contains("and 150 more errors", thrown.Errors[^1].Text);
    }
}
