using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
namespace FunctionsEval.Functions.Reports;

/// <summary>
/// The report's style sheet. Colours have a contrast of at least 4.5 on their ground, in light and dark, and never carry a meaning alone.
/// </summary>
internal static class ReportStyle
{
    public const string Css = """

        :root { color-scheme: light dark; --ground: #ffffff; --panel: #f5f6f8; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --accent: #0b57d0; --good: #116329; --bad: #a40e26; --doubt: #7a4d00; --heat: 11, 87, 208; --harm: 164, 14, 38; }
        @media (prefers-color-scheme: dark) { :root { --ground: #0f1419; --panel: #1a2027; --text: #e6edf3; --soft: #9da7b3; --line: #3d444d; --accent: #7db1ff; --good: #56d364; --bad: #ff7b72; --doubt: #e3b341; --heat: 60, 130, 255; --harm: 220, 70, 70; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
        main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        h1 { font-size: 1.6rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
        .verdict { display: inline-block; font-size: 1.2rem; font-weight: 650; margin: 0 0 1rem; padding: .25rem .9rem; border: 2px solid currentColor; border-radius: .5rem; }
        .pass { color: var(--good); } .fail { color: var(--bad); } .inconclusive { color: var(--doubt); } .none { color: var(--soft); }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
        dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        .reasons { list-style: none; padding: 0; margin: 0; } .reasons li { padding: .35rem .8rem; margin: .3rem 0; background: var(--panel); border-left: 4px solid currentColor; }
        .reasons li { color: var(--text); } .reasons .pass strong { color: var(--good); } .reasons .fail strong { color: var(--bad); } .reasons .inconclusive strong { color: var(--doubt); }
        .scroll { overflow-x: auto; } .scroll:focus-visible, pre:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        table { border-collapse: collapse; margin: .4rem 0 1rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; color: var(--soft); padding: .2rem 0; }
        th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; } thead th { color: var(--soft); font-weight: 600; } tbody th { font-weight: 600; }
        td.better { color: var(--good); } td.better::after { content: " better"; } td.worse { color: var(--bad); } td.worse::after { content: " worse"; }
        .matrix td { text-align: right; min-width: 3.2rem; } .matrix .right { background: rgba(var(--heat), calc(var(--s, 0) * .55)); } .matrix .wrong { background: rgba(var(--harm), calc(var(--s, 0) * .55)); }
        .samples td, .samples th { max-width: 24rem; overflow-wrap: anywhere; white-space: pre-wrap; }
        section > table :is(td, th), details > table :is(td, th) { overflow-wrap: anywhere; }
        .note { color: var(--soft); font-size: .9rem; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        details { margin: .4rem 0; } summary { cursor: pointer; font-weight: 600; }
        pre { background: var(--panel); padding: .8rem; overflow-x: auto; font-size: .85rem; }
        svg.difference { width: 160px; height: 16px; } svg.bar { width: 100%; min-width: 8rem; height: 12px; } svg.histogram { width: 240px; height: 56px; } svg.plot { width: min(100%, 22rem); height: auto; } td.wide { width: 40%; }
        svg .zero { stroke: var(--soft); stroke-dasharray: 3 3; } svg .interval { stroke: var(--accent); stroke-width: 2.5; } svg circle { fill: var(--accent); fill-opacity: .8; }
        svg .track { fill: var(--panel); } svg .value { fill: var(--accent); } svg .mark { stroke: var(--text); stroke-width: 1; } svg .frame { fill: none; stroke: var(--line); } svg text { fill: var(--soft); font-size: 12px; }
        @media print { body { font-size: 11px; } details:not([open]) { display: none; } section { break-inside: avoid-page; } .scroll { overflow: visible; } }

        """;
}
