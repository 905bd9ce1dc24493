using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct policy_cidr: the three kinds of prefixes in one trie, for one lookup where upstream makes three. A prefix's row has, of every kind, what the longest
/// prefix of that kind says that holds it; so a lookup finds the longest of each kind in the longest of any. A write renews the rows below the prefix, one
/// by one: while it goes on, a frame may meet the old policy or the new.
/// </summary>
internal sealed class PolicyCidrCodec(BpfMap map, PolicySummary summary) : TableCodec<PolicyCidrKey, PolicyBits>
{
    private const int KeyBytes = 24, ValueBytes = 104, Kinds = 3;
    private const int ScopeAt = 4, RemoteAt = 20, OwnAt = Kinds * PolicyLayout.BitsBytes;
    private const int BitsBeforeRemote = 128;

    private readonly Dictionary<PolicyScope, PolicyPrefixes> scopes = [];

    public override void Put(in PolicyCidrKey key, in PolicyBits value)
    {
        ref PolicyPrefixes? prefixes = ref CollectionsMarshal.GetValueRefOrAddDefault(scopes, key.Scope, out _);
        prefixes ??= new PolicyPrefixes();
        prefixes.Set(key.Kind, key.Remote, value);
        Renew(key, prefixes);
        summary.NoteWrite();
    }

    public override void Delete(in PolicyCidrKey key)
    {
        if (scopes.TryGetValue(key.Scope, out PolicyPrefixes? prefixes) && prefixes.Remove(key.Kind, key.Remote))
        {
            Renew(key, prefixes);
            if (!prefixes.Has(key.Remote))
            {
                Span<byte> k = stackalloc byte[KeyBytes];
                WriteKey(key.Scope, key.Remote, k);
                map.Delete(k);
            }
            if (prefixes.IsEmpty)
            {
                scopes.Remove(key.Scope);
            }
        }
        summary.NoteWrite();
    }

    /// <summary>What stands in the kernel: of each row the kinds that are its own.</summary>
    public override IReadOnlyList<KeyValuePair<PolicyCidrKey, PolicyBits>> Rows()
    {
        byte[] keys = map.Keys();
        List<KeyValuePair<PolicyCidrKey, PolicyBits>> rows = new(keys.Length / KeyBytes);
        Span<byte> value = stackalloc byte[ValueBytes];
        for (int at = 0; at < keys.Length; at += KeyBytes)
        {
            ReadOnlySpan<byte> key = keys.AsSpan(at, KeyBytes);
            if (!map.TryLookup(key, value))
            {
                continue;
            }
            PolicyScope scope = PolicyLayout.ReadScope(key[ScopeAt..]);
            Ipv4Prefix remote = new(Ipv4Address.Read(key[RemoteAt..]), Layout.Read<int>(key, 0) - BitsBeforeRemote);
            for (int kind = 0; kind < Kinds; kind++)
            {
                if ((value[OwnAt] & (1 << kind)) != 0)
                {
                    rows.Add(new(new PolicyCidrKey(scope, (CidrKind)kind, remote), PolicyLayout.ReadBits(value[(kind * PolicyLayout.BitsBytes)..])));
                }
            }
        }
        return rows;
    }

    public override void Clear()
    {
        map.Clear();
        scopes.Clear();
    }

    /// <summary>Writes the row of a prefix and those below it.</summary>
    private void Renew(in PolicyCidrKey changed, PolicyPrefixes prefixes)
    {
        Span<byte> key = stackalloc byte[KeyBytes], value = stackalloc byte[ValueBytes];
        foreach (Ipv4Prefix prefix in prefixes.Within(changed.Remote))
        {
            WriteKey(changed.Scope, prefix, key);
            value.Clear();
            for (int kind = 0; kind < Kinds; kind++)
            {
                PolicyLayout.WriteBits(prefixes.Longest((CidrKind)kind, prefix), value[(kind * PolicyLayout.BitsBytes)..]);
            }
            value[OwnAt] = prefixes.KindsOf(prefix);
            map.Update(key, value);
        }
    }

    private static void WriteKey(in PolicyScope scope, Ipv4Prefix remote, Span<byte> bytes)
    {
        bytes.Clear();
        Layout.Write(bytes, 0, BitsBeforeRemote + remote.Length);
        PolicyLayout.WriteScope(scope, bytes[ScopeAt..]);
        remote.Address.Write(bytes[RemoteAt..]);
    }
}
