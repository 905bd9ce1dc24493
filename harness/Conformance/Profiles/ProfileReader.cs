using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Scenarios;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>Reads profile files (docs/conformance.md describes them).</summary>
/// <example><code>
/// Profile profile = ProfileReader.Load("profiles/upstream.profile.yaml", objects: null);
/// using ProfileDataPlane programs = new(profile, droplets: 1, "0a1b2c3d");
/// </code></example>
public static class ProfileReader
{
    /// <param name="file">The profile.</param>
    /// <param name="objects">Folder of the object files; null: what the profile says, relative to itself.</param>
    /// <exception cref="ScenarioException">It is not a profile; says where and why.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Profile Load(string file, string? objects) => Read(file, File.ReadAllBytes(file), objects);

    /// <inheritdoc cref="Load"/>
    public static Profile Read(string file, ReadOnlySpan<byte> bytes, string? objects)
    {
        YamlCursor root = YamlCursor.Root(file, bytes)
            .Only("a profile", "profile", "about", "dialect", "encoding", "objects", "programs", "shared_maps", "references", "maps", "jumps", "tables");
        ProfileEncoding encoding = root.Required("encoding").Word<ProfileEncoding>("encoding");
        string named = root.Required("objects").Text();
        Profile profile = new()
        {
            Name = root.Required("profile").Text(),
            Dialect = root.Required("dialect").Word<Dialect>("dialect"),
            Encoding = encoding,
            Folder = objects ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "", named),
            Programs = [.. root.Required("programs").Entries().Select(Program)],
        };
        foreach (ProgramRole role in (ProgramRole[])[ProgramRole.Transit, ProgramRole.Agent])
        {
            if (profile.Find(role) is null)
            {
                throw root.Required("programs").Error($"the program '{YamlCursor.Name(role)}' is missing");
            }
        }
        if (encoding == ProfileEncoding.Mizarlab)
        {
            foreach (string key in (string[])["shared_maps", "references", "maps", "jumps", "tables"])
            {
                if (root.Optional(key) is { } described)
                {
                    throw described.Error($"'{key}' is for the encoding 'described'", "the lab's own objects are wired and encoded by the lab");
                }
            }
            return profile;
        }
        return profile with
        {
            SharedMaps = root.Optional("shared_maps") is { } shared ? [.. shared.Items().Select(item => Shared(profile, item))] : [],
            References = root.Optional("references") is { } references ? [.. references.Items().Select(item => Reference(profile, item))] : [],
            Maps = root.Optional("maps") is { } maps ? [.. maps.Entries().Select(Map)] : [],
            Jumps = root.Optional("jumps") is { } jumps ? [.. jumps.Entries().Select(entry => Jump(profile, entry))] : [],
            Parts = [.. root.Required("tables").Entries().SelectMany(entry => TableReader.Read(profile, entry.Key, entry.KeyAt, entry.Value))],
        };
    }

    /// <summary>The program a word names, which must be one the profile has.</summary>
    internal static ProgramRole RoleOf(Profile profile, YamlCursor word)
    {
        ProgramRole role = word.Word<ProgramRole>("program");
        return profile.Find(role) is not null ? role : throw word.Unknown("program of this profile", word.Text(), profile.Programs.Select(p => YamlCursor.Name(p.Role)));
    }

    private static ProfileProgram Program((string Key, YamlCursor KeyAt, YamlCursor Value) entry)
    {
        ProgramRole role = entry.KeyAt.Word<ProgramRole>("program");
        YamlCursor body = entry.Value.Only("a program", "file", "program", "instance");
        bool perEndpoint = false;
        if (body.Optional("instance") is { } instance)
        {
            perEndpoint = instance.Text() switch
            {
                "droplet" => false,
                "endpoint" when role != ProgramRole.Transit => true,
                "endpoint" => throw instance.Error("transit is one a droplet"),
                var other => throw instance.Unknown("instance", other, ["droplet", "endpoint"]),
            };
        }
        string file = body.Required("file").Text();
        return Path.IsPathRooted(file) || file.Contains("..", StringComparison.Ordinal)
            ? throw body.Required("file").Error($"'{file}' leaves the folder of the objects", "name the folder in 'objects', or with --objects")
            : new ProfileProgram(role, file, body.Required("program").Text(), perEndpoint);
    }

    private static SharedMap Shared(Profile profile, YamlCursor item)
    {
        if (item.IsWord)
        {
            return new SharedMap(item.Text(), []);
        }
        item.Only("a shared map", "map", "in");
        return new SharedMap(item.Required("map").Text(), [.. item.Required("in").Items().Select(program => RoleOf(profile, program))]);
    }

    private static MapReference Reference(Profile profile, YamlCursor item)
    {
        item.Only("a reference", "program", "array", "of", "map");
        return new MapReference(
            RoleOf(profile, item.Required("program")), item.Required("array").Text(),
            item.Optional("of") is { } of ? RoleOf(profile, of) : ProgramRole.Transit, item.Required("map").Text());
    }

    private static MapSetting Map((string Key, YamlCursor KeyAt, YamlCursor Value) entry)
    {
        YamlCursor body = entry.Value.Only("a map's settings", "entries", "preallocated");
        return new MapSetting(
            entry.Key, body.Optional("entries") is { } entries ? (uint)entries.Integer(1, int.MaxValue) : null,
            NoPreallocation: body.Optional("preallocated") is { } preallocated && !preallocated.Flag());
    }

    private static JumpTable Jump(Profile profile, (string Key, YamlCursor KeyAt, YamlCursor Value) entry)
    {
        ImmutableSortedDictionary<JumpPlace, int>.Builder slots = ImmutableSortedDictionary.CreateBuilder<JumpPlace, int>();
        foreach ((string key, YamlCursor at, YamlCursor value) in entry.Value.Entries())
        {
            if (key != "map")
            {
                slots[at.Word<JumpPlace>("slot of a jump table")] = value.Integer(0, 1 << 16);
            }
        }
        return new JumpTable(RoleOf(profile, entry.KeyAt), entry.Value.Required("map").Text(), slots.ToImmutable());
    }
}
