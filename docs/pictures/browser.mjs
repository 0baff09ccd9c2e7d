// What the script `make` does in Odoo, and in its web client.
//
//   browser.mjs project                    makes a project and prints its id
//   browser.mjs progress ID                people move the older tasks on
//   browser.mjs pictures ID TEXTS FOLDER   takes the pictures, checks the texts
//   browser.mjs remove ID                  removes the project and its tasks
//
// PLAYWRIGHT is the folder of playwright-core; ODOO_URL and the like say where
// Odoo is.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createRequire } from 'node:module'

const { ODOO_URL, ODOO_DB, ODOO_USERNAME, ODOO_PASSWORD } = process.env
const [command, id, ...rest] = process.argv.slice(2)
const project = Number(id)

async function rpc(service, method, ...args) {
  const response = await fetch(ODOO_URL + '/jsonrpc', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, params: { service, method, args } }),
  })
  const answer = await response.json()
  if (answer.error) throw new Error(answer.error.data.message)
  return answer.result
}

const user = await rpc('common', 'login', ODOO_DB, ODOO_USERNAME, ODOO_PASSWORD)
assert(user, 'the login was refused')
const odoo = (model, method, args, named = {}) =>
  rpc('object', 'execute_kw', ODOO_DB, user, ODOO_PASSWORD, model, method, args, named)
const everything = { context: { active_test: false } }

const commands = {
  async project() {
    const [made] = await odoo('project.project', 'create', [[{ name: 'Web shop', privacy_visibility: 'employees' }]])
    console.log(made)
  },

  async progress() {
    const stage = async (name) =>
      (await odoo('project.task.type', 'search', [[['project_ids', '=', project], ['name', '=', name]]]))[0]
    for (const [task, name] of [['Customer accounts', 'User Acceptance'], ['Product search', 'In Progress'], ['Newsletter', 'Up Next']]) {
      const ids = await odoo('project.task', 'search', [[['project_id', '=', project], ['name', '=', task]]])
      await odoo('project.task', 'write', [ids, { stage_id: await stage(name) }])
    }
  },

  async remove() {
    const tasks = await odoo('project.task', 'search', [[['project_id', '=', project]]], everything)
    const stages = await odoo('project.task.type', 'search', [[['project_ids', '=', project]]], everything)
    await odoo('project.task', 'unlink', [tasks])
    await odoo('project.project', 'unlink', [[project]])
    await odoo('project.task.type', 'unlink', [stages])
  },

  async pictures(textsFile, folder) {
    const items = JSON.parse(fs.readFileSync(textsFile, 'utf8'))
    const { chromium } = createRequire(import.meta.url)(process.env.PLAYWRIGHT)
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'odoosync-browser-'))
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
      viewport: { width: 1280, height: 720 },
    })
    try {
      const page = context.pages()[0]
      page.setDefaultTimeout(120_000)
      await page.goto(ODOO_URL + '/web/login?db=' + ODOO_DB)
      await page.fill('input[name=login]', ODOO_USERNAME)
      await page.fill('input[name=password]', ODOO_PASSWORD)
      await page.click('button[type=submit]')
      await page.waitForSelector('.o_main_navbar')
      await board(page, items, path.join(folder, 'board.png'))
      await checkTexts(page, items)
      await form(page, items, folder)
    } finally {
      await context.close()
      fs.rmSync(profile, { recursive: true, force: true })
    }
  },
}

// board shows the features in their columns.
async function board(page, items, file) {
  await page.goto(`${ODOO_URL}/odoo/project/${project}/tasks`)
  await page.waitForSelector('.o_kanban_record')
  const cards = await page.locator('.o_kanban_record:not(.o_kanban_ghost)').allInnerTexts()
  for (const feature of items.filter((item) => item.parent === 0)) {
    assert(cards.some((card) => card.includes(feature.name)), `the board has no card "${feature.name}"`)
  }
  await page.setViewportSize({ width: 1280, height: 400 })
  await settle(page)
  await page.screenshot({ path: file })
  await page.setViewportSize({ width: 1280, height: 640 })
}

// checkTexts opens every task and compares the text on the page with the map's.
async function checkTexts(page, items) {
  for (const item of items) {
    await open(page, item)
    const shown = await page.locator('div[name=description] .odoo-editor-editable').evaluate((node) => node.innerText)
    assert.equal(trimmed(shown), trimmed(item.description), `the description of task ${item.task_id}`)
    const children = items.filter((other) => other.parent === item.task_id)
    if (children.length > 0) {
      const [record] = await odoo('project.task', 'read', [[item.task_id], ['child_ids']])
      assert.deepEqual(record.child_ids.sort(), children.map((child) => child.task_id).sort(), `the subtasks of ${item.name}`)
    }
  }
  console.error(`the descriptions of ${items.length} tasks are those of the map`)
}

const trimmed = (text) => text.replaceAll('\u00a0', ' ').replace(/\s+$/, '')

async function open(page, item) {
  await page.goto(`${ODOO_URL}/odoo/project/${project}/tasks/${item.task_id}`)
  await page.waitForSelector('div[name=description] .odoo-editor-editable')
  const title = await page.locator('.o_form_view div[name=name] textarea, .o_form_view div[name=name] input').first().inputValue()
  assert.equal(title, item.name)
}

// form shows a feature's task, and then its subtasks.
async function form(page, items, folder) {
  const feature = items.find((item) => item.name === 'Orders')
  await open(page, feature)
  await settle(page)
  await page.screenshot({ path: path.join(folder, 'task.png') })
  await page.click('.o_notebook a[name=sub_tasks_page], .o_notebook .nav-link:has-text("Sub-tasks")')
  await page.waitForSelector('div[name=child_ids] .o_data_row')
  const rows = await page.locator('div[name=child_ids] .o_data_row').allInnerTexts()
  for (const story of items.filter((item) => item.parent === feature.task_id)) {
    assert(rows.some((row) => row.includes(story.name)), `the subtasks lack "${story.name}"`)
  }
  await settle(page)
  await page.screenshot({ path: path.join(folder, 'subtasks.png') })
}

async function settle(page) {
  await page.mouse.move(0, 399)
  await page.waitForFunction(() => !document.querySelector('.o_loading_indicator')
    && [...document.images].every((image) => image.complete))
  await page.evaluate(() => document.fonts.ready)
  // A tab that was just opened fades in; what turns for ever is no reason to wait.
  await page.waitForFunction(() => !document.querySelector('.tab-pane.active.fade:not(.show)')
    && document.getAnimations().every((a) => a.playState !== 'running' || a.effect.getComputedTiming().endTime === Infinity))
}

await commands[command](...rest)
