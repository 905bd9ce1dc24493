using System.Collections.Immutable;

namespace MizarLab.Scenarios.Scripts;

/// <summary>Collects what a script hands over while it runs. One script at a time: scripts are programs, with an entry point of their own and one console.</summary>
public sealed class ScriptSession
{
    private static readonly Lock Running = new();
    private readonly string fullPath;
    private readonly string file;
    private readonly ImmutableArray<ScriptDocument>.Builder documents = ImmutableArray.CreateBuilder<ScriptDocument>();

    /// <summary>Null in a script that runs alone.</summary>
    internal static ScriptSession? Current { get; private set; }

    private ScriptSession(string fullPath, string file)
    {
        this.fullPath = fullPath;
        this.file = file;
    }

    /// <param name="file">What the user calls the script; errors do too.</param>
    /// <param name="script">Runs the script to its end.</param>
    /// <returns>What it gave, in order.</returns>
    public static ImmutableArray<ScriptDocument> Collect(string file, Action script)
    {
        lock (Running)
        {
            ScriptSession session = new(Path.GetFullPath(file), file);
            Current = session;
            try
            {
                script();
                return session.documents.ToImmutable();
            }
            finally
            {
                Current = null;
            }
        }
    }

    /// <summary>A source file's name as the user gave it, when it is the script's.</summary>
    internal string NameOf(string path) => path == fullPath ? file : path;

    internal void Add(ScriptDocument document) => documents.Add(document);
}
